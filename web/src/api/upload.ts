import { apiUrl, currentCsrfToken } from "./client";
import { ApiError } from "./errors";
import type { FileValue, Problem } from "./types";

/** The file name as `Content-Disposition` takes it in any script (RFC 5987). */
export function dispositionOf(name: string): string {
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
  return `attachment; filename*=UTF-8''${encoded}`;
}

/**
 * Stores a file's bytes and answers its id; where `replaced` names one, as its new version. `onProgress` hears how much is
 * through, from 0 to 1.
 */
export function uploadFile(
  file: File,
  onProgress: (part: number) => void,
  signal?: AbortSignal,
  replaced?: string,
  idempotencyKey?: string,
): Promise<FileValue> {
  return new Promise((resolve, reject) => {
    // fetch cannot tell how far an upload is; XMLHttpRequest can.
    const call = new XMLHttpRequest();
    call.open("POST", apiUrl(replaced ? `/files/${replaced}/versions` : "/files"));
    call.responseType = "json";
    call.setRequestHeader("accept", "application/json");
    call.setRequestHeader("content-type", file.type || "application/octet-stream");
    call.setRequestHeader("content-disposition", dispositionOf(file.name));
    const token = currentCsrfToken();
    if (token) call.setRequestHeader("x-csrf-token", token);
    if (idempotencyKey) call.setRequestHeader("idempotency-key", idempotencyKey);
    call.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    call.onload = () => {
      if (call.status >= 200 && call.status < 300) {
        resolve(call.response as FileValue);
        return;
      }
      const problem = call.response as Problem | null;
      reject(
        new ApiError({
          status: call.status,
          code: problem?.code ?? "bad_response",
          title: problem?.title ?? `HTTP ${call.status}`,
          problem: problem?.code ? problem : null,
        }),
      );
    };
    call.onerror = () => reject(new ApiError({ status: 0, code: "network", title: "network" }));
    call.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal?.addEventListener("abort", () => call.abort());
    call.send(file);
  });
}
