import { createContext, useContext } from "react";
import type { ShownFile } from "./text";

/** The files that stand together: the viewer goes from one to the next. */
export const FilesAround = createContext<readonly ShownFile[]>([]);

export const useFilesAround = (): readonly ShownFile[] => useContext(FilesAround);
