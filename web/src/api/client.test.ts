import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { apiUrl, get, onSignedOut, patch, post, remove, setCsrfToken } from "./client";
import { ApiError } from "./errors";

const fetchStub = vi.fn<typeof fetch>();

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  return new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: { "content-type": type, ...headers },
  });
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

beforeEach(() => {
  fetchStub.mockReset();
  vi.stubGlobal("fetch", fetchStub);
});

afterEach(() => {
  setCsrfToken(null);
  onSignedOut(() => {});
  vi.unstubAllGlobals();
});

describe("the api client", () => {
  it("leaves empty parameters out and encodes the rest", () => {
    expect(apiUrl("/records/account", { q: "星河 &", cursor: null, filter: undefined, limit: 5 })).toBe(
      "/api/v1/records/account?q=%E6%98%9F%E6%B2%B3+%26&limit=5",
    );
  });

  it("sends the CSRF token with unsafe methods only", async () => {
    setCsrfToken("tok");
    fetchStub.mockImplementation(async () => answer(200, {}));
    await get("/me");
    await post("/records/account", { name: "x" });
    const token = (call: number) => new Headers(fetchStub.mock.calls[call]?.[1]?.headers).get("x-csrf-token");
    expect(token(0)).toBeNull();
    expect(token(1)).toBe("tok");
    expect(fetchStub.mock.calls[1]?.[1]?.body).toBe('{"name":"x"}');
  });

  it("reads a problem with its field errors and request id", async () => {
    fetchStub.mockResolvedValue(
      answer(422, {
        type: "about:blank",
        title: "校验未通过",
        status: 422,
        code: "invalid",
        detail: "1 个字段有误",
        request_id: "r-1",
        field_errors: [{ field: "name", code: "required", message: "必填" }],
      }),
    );
    const error = await failure(post("/records/account", {}));
    expect(error).toMatchObject({ status: 422, code: "invalid", requestId: "r-1", message: "1 个字段有误" });
    expect(error.fieldErrors).toEqual([{ field: "name", code: "required", message: "必填" }]);
  });

  it("carries the other version of a conflict", async () => {
    fetchStub.mockResolvedValue(
      answer(409, {
        code: "version_conflict",
        title: "conflict",
        status: 409,
        current_version: 5,
        your_version: 3,
        current: { id: "a", version: 5, name: "theirs" },
        conflicting_fields: ["name"],
      }),
    );
    const error = await failure(patch("/records/account/a", { name: "mine" }));
    expect(error.conflict).toMatchObject({ currentVersion: 5, yourVersion: 3, conflictingFields: ["name"] });
    expect(error.conflict?.current.name).toBe("theirs");
  });

  it("carries the position of a wrong filter and the seconds to wait", async () => {
    fetchStub.mockResolvedValueOnce(answer(400, { code: "bad_filter", title: "x", status: 400, position: 7 }));
    expect((await failure(get("/records/account"))).position).toBe(7);
    fetchStub.mockResolvedValueOnce(
      answer(429, { code: "too_many_attempts", title: "x", status: 429 }, { "retry-after": "30" }),
    );
    const busy = await failure(post("/auth/login", {}));
    expect(busy.retryAfter).toBe(30);
    expect(busy.isTransient).toBe(true);
  });

  it("tells the end of the session, unless a 401 was to be expected", async () => {
    const signedOut = vi.fn();
    onSignedOut(signedOut);
    fetchStub.mockImplementation(async () => answer(401, { code: "not_signed_in", title: "x", status: 401 }));
    await failure(post("/auth/login", {}, { expectSignedOut: true }));
    expect(signedOut).not.toHaveBeenCalled();
    await failure(get("/records/account"));
    expect(signedOut).toHaveBeenCalledOnce();
  });

  it("names a failed connection and an answer that is not ours", async () => {
    fetchStub.mockRejectedValueOnce(new TypeError("Failed to fetch"));
    expect(await failure(get("/me"))).toMatchObject({ code: "network", status: 0 });
    fetchStub.mockResolvedValueOnce(new Response("<html>", { status: 502, headers: { "content-type": "text/html" } }));
    expect(await failure(get("/me"))).toMatchObject({ code: "unavailable", status: 502 });
    fetchStub.mockResolvedValueOnce(new Response("<html>", { status: 200 }));
    expect(await failure(get("/me"))).toMatchObject({ code: "bad_response" });
  });

  it("passes an abort through and reads 204 as nothing", async () => {
    fetchStub.mockRejectedValueOnce(new DOMException("aborted", "AbortError"));
    await expect(get("/me")).rejects.toMatchObject({ name: "AbortError" });
    fetchStub.mockResolvedValueOnce(new Response(null, { status: 204 }));
    await expect(remove("/records/account/a")).resolves.toBeUndefined();
  });
});
