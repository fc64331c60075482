import { queryOptions } from "@tanstack/react-query";
import { answer, api, apiUrl, mayBeSignedOut } from "./client";
import { ApiError } from "./errors";
import type { components } from "./generated/openapi";
import { queryKeys } from "./query-keys";

type Schemas = components["schemas"];

export type FileVersion = Schemas["FileVersion"];
export type FileVersions = Schemas["FileVersions"];
export type FileLink = Schemas["FileLink"];
export type FileLinks = Schemas["FileLinks"];
export type NewFileLink = Schemas["NewFileLink"];
export type MadeFileLink = Schemas["MadeFileLink"];
export type FilePreview = Schemas["FilePreview"];
export type FileRules = Schemas["FileRules"];
export type FilePolicy = Schemas["FilePolicy"];
export type LinkedFile = Schemas["LinkedFile"];

export const fileVersionsOptions = (id: string) =>
  queryOptions({
    queryKey: queryKeys.fileVersions(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/files/{id}/versions", { params: { path: { id } }, signal })) as Promise<FileVersions>,
  });

export const restoreFileVersion = (id: string, number: number): Promise<unknown> =>
  answer(api.POST("/files/{id}/versions/{number}/restore", { params: { path: { id, number: String(number) } } }));

export const fileLinksOptions = (id: string) =>
  queryOptions({
    queryKey: queryKeys.fileLinks(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/files/{id}/links", { params: { path: { id } }, signal })) as Promise<FileLinks>,
    retry: false,
  });

export const makeFileLink = (id: string, body: NewFileLink): Promise<MadeFileLink> =>
  answer(api.POST("/files/{id}/links", { params: { path: { id } }, body })) as Promise<MadeFileLink>;

export const revokeFileLink = (id: string, link: string): Promise<void> =>
  answer(api.DELETE("/files/{id}/links/{link}", { params: { path: { id, link } } })) as Promise<void>;

/** What a text, a table or a presentation says; `version` only tells one content from another. */
export const filePreviewOptions = (id: string, version: number, sheet?: string) =>
  queryOptions({
    queryKey: queryKeys.filePreview(id, version, sheet),
    queryFn: ({ signal }) => {
      const query = { ...(version > 0 ? { version } : {}), ...(sheet ? { sheet } : {}) };
      return answer(
        api.GET("/files/{id}/preview", { params: { path: { id }, query }, signal }),
      ) as Promise<FilePreview>;
    },
    retry: false,
    staleTime: 60_000,
  });

export const fileRulesOptions = queryOptions({
  queryKey: queryKeys.fileRules,
  queryFn: ({ signal }) => answer(api.GET("/file-policy", { signal })) as Promise<FileRules>,
});

export const changeFileRules = (policy: FilePolicy): Promise<FileRules> =>
  answer(api.PATCH("/file-policy", { body: policy })) as Promise<FileRules>;

/** What a link opens; a 401 means that the password is wrong. */
export const lookAtLinkedFile = (token: string, password?: string): Promise<LinkedFile> =>
  answer(
    api.POST("/linked-file", { body: { token, ...(password ? { password } : {}) }, ...mayBeSignedOut }),
  ) as Promise<LinkedFile>;

/** The bytes behind a link. */
export async function downloadLinkedFile(token: string, password?: string): Promise<Blob> {
  const response = await fetch(apiUrl("/linked-file/content"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    credentials: "same-origin",
    body: JSON.stringify({ token, ...(password ? { password } : {}) }),
  });
  if (response.ok) return response.blob();
  const problem = (await response.json().catch(() => null)) as ApiError["problem"];
  throw new ApiError({
    status: response.status,
    code: problem?.code ?? "bad_response",
    title: problem?.title ?? `HTTP ${response.status}`,
    problem,
  });
}

/** Where the bytes of a file are; pictures are shown in place. */
export const fileAddress = (id: string, version = 0, inline = false): string =>
  apiUrl(`/files/${id}`, { version: version > 0 ? version : null, inline: inline ? 1 : null });
