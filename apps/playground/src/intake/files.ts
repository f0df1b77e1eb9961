/** A file with its folders. */
export interface Found {
  /** `flowers/daisy/1.jpg` */
  path: string;
  file: File;
}

/** The files of a picker; those of a folder have paths. */
export const pickedFiles = (list: FileList | null): Found[] =>
  [...(list ?? [])].map(file => ({ path: file.webkitRelativePath || file.name, file }));

/**
 * The files of a drop, including folders, recursively. The entries must be requested synchronously: the transfer is
 * empty after the event.
 */
export function droppedFiles(transfer: DataTransfer): Promise<Found[]> {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry()).filter(entry => entry !== null);
  if (entries.length === 0) return Promise.resolve([...transfer.files].map(file => ({ path: file.name, file })));
  return Promise.all(entries.map(filesOf)).then(lists => lists.flat());
}

async function filesOf(entry: FileSystemEntry): Promise<Found[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ''), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Found[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const inside of some) found.push(...(await filesOf(inside)));
  }
}

/** The pictures of a clipboard. */
export const pastedFiles = ({ clipboardData }: ClipboardEvent): File[] =>
  [...(clipboardData?.files ?? [])].filter(({ type }) => type.startsWith('image/'));
