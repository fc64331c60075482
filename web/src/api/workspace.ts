import { answer, api } from "./client";
import type { ChangedWorkspace, WorkspaceSettings } from "./types";

/** The company's own settings, for administrators. */

export const readWorkspace = (signal?: AbortSignal): Promise<WorkspaceSettings> =>
  answer(api.GET("/workspace", { signal }));
export const changeWorkspace = (changes: ChangedWorkspace): Promise<WorkspaceSettings> =>
  answer(api.PATCH("/workspace", { body: changes }));
