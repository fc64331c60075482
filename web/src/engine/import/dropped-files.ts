import { isAccepted } from "./accepted";

/** As many as are taken of a folder at once. */
const MOST = 200;

const isTable = (file: File) => !file.name.startsWith(".") && isAccepted(file.name);

/** What of a folder may hold a table, in the order of the names. */
export function tablesOf(files: Iterable<File>): File[] {
  return [...files]
    .filter(isTable)
    .sort((one, other) => one.name.localeCompare(other.name))
    .slice(0, MOST);
}

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** A folder tells what is in it piece by piece, until a piece is empty. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function filesWithin(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) return [await fileOf(entry as FileSystemFileEntry)];
  const within = await entriesOf(entry as FileSystemDirectoryEntry);
  return (await Promise.all(within.map(filesWithin))).flat();
}

/** The files that were dropped; of a folder those that may hold a table, in folders within it too. */
export async function droppedFiles(transfer: Pick<DataTransfer, "items" | "files">): Promise<File[]> {
  // Both are empty as soon as the event is over.
  const files = [...transfer.files];
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (!entries.some((entry) => entry.isDirectory)) return files;
  const found = await Promise.all(
    entries.map(async (entry) => (entry.isDirectory ? tablesOf(await filesWithin(entry)) : filesWithin(entry))),
  );
  return found.flat();
}

/** Has a folder chosen, and gives what in it may hold a table. */
export function chooseFolder(then: (files: File[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.webkitdirectory = true;
  input.addEventListener("change", () => then(tablesOf(input.files ?? [])));
  input.click();
}
