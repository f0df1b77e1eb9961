export { type KernelTime, type ProfileOptions, profileSessions, readProfiles } from './profile.js';
