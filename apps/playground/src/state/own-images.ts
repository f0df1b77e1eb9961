import { computed, signal } from '@preact/signals';
import { del, get, set } from 'idb-keyval';
import type { OwnClass } from '../worker/protocol.js';

/** One of the user's classes; `id` survives renaming. */
export interface EditedClass extends OwnClass {
  id: number;
}

export const ownClasses = signal<EditedClass[]>([]);

export const ownCount = computed(() => ownClasses.value.reduce((sum, { files }) => sum + files.length, 0));

let last = 0;

/** Adds pictures, to the existing class of that name if any. */
export function addPictures(added: readonly OwnClass[]): void {
  const classes = ownClasses.value.map(one => ({ ...one }));
  for (const { name, files } of added) {
    const known = classes.find(one => one.name === name);
    if (known) known.files = [...known.files, ...files];
    else classes.push({ id: ++last, name, files: [...files] });
  }
  ownClasses.value = classes;
}

/** Adds pictures to one class, whose name another may have while it is edited. */
export function addTo(id: number, files: OwnClass['files']): void {
  ownClasses.value = ownClasses.value.map(one => (one.id === id ? { ...one, files: [...one.files, ...files] } : one));
}

export function rename(id: number, name: string): void {
  ownClasses.value = ownClasses.value.map(one => (one.id === id ? { ...one, name } : one));
}

export function remove(id: number): void {
  ownClasses.value = ownClasses.value.filter(one => one.id !== id);
}

export function removePicture(id: number, index: number): void {
  ownClasses.value = ownClasses.value.map(one =>
    one.id === id ? { ...one, files: one.files.filter((_, i) => i !== index) } : one,
  );
}

/** Whether both have the same pictures in classes of the same names. */
export function samePictures(some: readonly OwnClass[], others: readonly OwnClass[]): boolean {
  const facts = (classes: readonly OwnClass[]) =>
    classes.flatMap(({ name, files }) => [name, ...files.map(one => one.file)]);
  const [a, b] = [facts(some), facts(others)];
  return a.length === b.length && a.every((fact, i) => fact === b[i]);
}

const storeName = 'own-images';

/** Stores the pictures in this browser for the next visit. @returns whether there was room */
export async function keepOwn(): Promise<boolean> {
  try {
    await set(storeName, ownClasses.value);
    return true;
  } catch {
    return false;
  }
}

/** Removes the pictures, also those kept for the next visit. */
export async function removeAll(): Promise<void> {
  ownClasses.value = [];
  try {
    await del(storeName);
  } catch {} // where the browser has no storage, none are kept
}

async function stored(): Promise<EditedClass[] | undefined> {
  try {
    return await get<EditedClass[]>(storeName);
  } catch {
    return undefined; // a browser may refuse even to open its storage
  }
}

/** The pictures of the last visit. */
export async function restoreOwn(): Promise<void> {
  const kept = await stored();
  if (!kept || ownClasses.value.length > 0) return;
  last = Math.max(0, ...kept.map(({ id }) => id));
  ownClasses.value = kept;
}
