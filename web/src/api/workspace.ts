import { answer, api } from "./client";
import type { ChangedWorkspace, NewWorkspace, WorkspaceEntry, WorkspaceSettings } from "./types";

/** The company's own settings, for administrators. */

export const readWorkspace = (signal?: AbortSignal): Promise<WorkspaceSettings> =>
  answer(api.GET("/workspace", { signal }));
export const changeWorkspace = (changes: ChangedWorkspace): Promise<WorkspaceSettings> =>
  answer(api.PATCH("/workspace", { body: changes }));

/** The companies of this server, the main one first; for administrators of the main one. */
export const listWorkspaces = async (signal?: AbortSignal): Promise<WorkspaceEntry[]> =>
  (await answer(api.GET("/workspaces", { signal }))).items;
export const makeWorkspace = (made: NewWorkspace) => answer(api.POST("/workspaces", { body: made }));
export const dropWorkspace = (id: string) => answer(api.DELETE("/workspaces/{id}", { params: { path: { id } } }));
