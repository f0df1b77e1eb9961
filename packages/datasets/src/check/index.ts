export { type CheckOptions, checkDataset, type DataReport, reportText } from './report.js';
