import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signIn } from "./account";
import { answer, api, apiUrl, mayBeSignedOut, onProofNeeded, onSignedOut, setCsrfToken } from "./client";
import { ApiError } from "./errors";
import { changeMe } from "./me";
import { createRecord, deleteRecord, listRecords, updateRecord } from "./records";

const fetchStub = vi.fn<typeof fetch>();

function reply(status: number, body: unknown, headers: Record<string, string> = {}): Response {
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

/** What was asked at the call of this number. */
function asked(call: number): Request {
  const [url, init] = fetchStub.mock.calls[call] ?? [];
  return new Request(url as string, init);
}

const readMe = () => answer(api.GET("/me"));

beforeEach(() => {
  fetchStub.mockReset();
  vi.stubGlobal("fetch", fetchStub);
});

afterEach(() => {
  setCsrfToken(null);
  onSignedOut(() => {});
  onProofNeeded(null);
  vi.unstubAllGlobals();
});

describe("the api client", () => {
  it("leaves empty parameters out and encodes the rest", async () => {
    expect(apiUrl("/records/account/export", { q: "星河 &", filter: undefined, limit: 5 })).toBe(
      "/api/v1/records/account/export?q=%E6%98%9F%E6%B2%B3+%26&limit=5",
    );
    fetchStub.mockResolvedValue(reply(200, { items: [], next_cursor: null }));
    await listRecords("account", { q: "星河 &", cursor: "", filter: undefined, limit: 5 });
    expect(asked(0).url).toBe(`${window.location.origin}/api/v1/records/account?q=%E6%98%9F%E6%B2%B3+%26&limit=5`);
  });

  it("sends the CSRF token with unsafe methods only", async () => {
    setCsrfToken("tok");
    fetchStub.mockImplementation(async () => reply(200, {}));
    await readMe();
    await createRecord("account", { name: "x" });
    expect(asked(0).headers.get("x-csrf-token")).toBeNull();
    expect(asked(1).headers.get("x-csrf-token")).toBe("tok");
    expect(asked(1).headers.get("content-type")).toBe("application/json");
    expect(asked(1).credentials).toBe("same-origin");
    expect(await asked(1).text()).toBe('{"name":"x"}');
  });

  it("sends what a change is based on, and a key under which it happens once", async () => {
    fetchStub.mockImplementation(async () => reply(200, {}));
    await updateRecord("account", "a", { name: "x" }, { version: 3, merge: true });
    await createRecord("account", { name: "x" }, "key-1");
    expect(asked(0).method).toBe("PATCH");
    expect(asked(0).headers.get("if-match")).toBe('"3"');
    expect(asked(0).headers.get("prefer")).toBe("merge");
    expect(asked(0).headers.has("idempotency-key")).toBe(false);
    expect(asked(1).headers.get("idempotency-key")).toBe("key-1");
    expect(asked(1).headers.has("if-match")).toBe(false);
  });

  it("reads a problem with its field errors and request id", async () => {
    fetchStub.mockResolvedValue(
      reply(422, {
        type: "about:blank",
        title: "校验未通过",
        status: 422,
        code: "invalid",
        detail: "1 个字段有误",
        request_id: "r-1",
        field_errors: [{ field: "name", code: "required", message: "必填" }],
      }),
    );
    const error = await failure(createRecord("account", {}));
    expect(error).toMatchObject({ status: 422, code: "invalid", requestId: "r-1", message: "1 个字段有误" });
    expect(error.fieldErrors).toEqual([{ field: "name", code: "required", message: "必填" }]);
  });

  it("carries the other version of a conflict", async () => {
    fetchStub.mockResolvedValue(
      reply(409, {
        code: "version_conflict",
        title: "conflict",
        status: 409,
        current_version: 5,
        your_version: 3,
        current: { id: "a", version: 5, name: "theirs" },
        conflicting_fields: ["name"],
      }),
    );
    const error = await failure(updateRecord("account", "a", { name: "mine" }));
    expect(error.conflict).toMatchObject({ currentVersion: 5, yourVersion: 3, conflictingFields: ["name"] });
    expect(error.conflict?.current.name).toBe("theirs");
  });

  it("carries the position of a wrong filter and the seconds to wait", async () => {
    fetchStub.mockResolvedValueOnce(reply(400, { code: "bad_filter", title: "x", status: 400, position: 7 }));
    expect((await failure(listRecords("account", {}))).position).toBe(7);
    fetchStub.mockResolvedValueOnce(
      reply(429, { code: "too_many_attempts", title: "x", status: 429 }, { "retry-after": "30" }),
    );
    const busy = await failure(signIn({ email: "", password: "" }));
    expect(busy.retryAfter).toBe(30);
    expect(busy.isTransient).toBe(true);
  });

  it("tells the end of the session, unless a 401 was to be expected", async () => {
    const signedOut = vi.fn();
    onSignedOut(signedOut);
    fetchStub.mockImplementation(async () => reply(401, { code: "not_signed_in", title: "x", status: 401 }));
    await failure(answer(api.GET("/me", mayBeSignedOut)));
    expect(fetchStub).toHaveBeenCalledOnce();
    expect(signedOut).not.toHaveBeenCalled();
    await failure(listRecords("account", {}));
    expect(signedOut).toHaveBeenCalledOnce();
  });

  it("makes a call again, body and all, where the session lives after all", async () => {
    const signedOut = vi.fn();
    onSignedOut(signedOut);
    setCsrfToken("tok");
    fetchStub
      .mockResolvedValueOnce(reply(401, { code: "not_signed_in", title: "x", status: 401 }))
      .mockResolvedValueOnce(reply(200, {}))
      .mockResolvedValueOnce(reply(200, { id: "a", version: 1 }));
    await expect(createRecord("account", { name: "x" })).resolves.toEqual({ id: "a", version: 1 });
    expect(fetchStub.mock.calls[1]?.[0]).toBe("/api/v1/me");
    expect(await asked(2).text()).toBe('{"name":"x"}');
    expect(asked(2).headers.get("x-csrf-token")).toBe("tok");
    expect(signedOut).not.toHaveBeenCalled();
  });

  it("asks once for a fresh proof, and makes the call again with it", async () => {
    const refused = () => reply(403, { code: "proof_needed", title: "x", status: 403 });
    const prove = vi.fn(async () => true);
    onProofNeeded(prove);
    fetchStub.mockImplementationOnce(async () => refused()).mockImplementationOnce(async () => reply(200, {}));
    await expect(changeMe({ name: "x" })).resolves.toEqual({});
    fetchStub.mockImplementation(async () => refused());
    expect((await failure(changeMe({ name: "x" }))).code).toBe("proof_needed");
    expect(prove).toHaveBeenCalledTimes(2);
    expect(fetchStub).toHaveBeenCalledTimes(4);
  });

  it("names a failed connection and an answer that is not ours", async () => {
    fetchStub.mockRejectedValueOnce(new TypeError("Failed to fetch"));
    expect(await failure(readMe())).toMatchObject({ code: "network", status: 0 });
    fetchStub.mockResolvedValueOnce(new Response("<html>", { status: 502, headers: { "content-type": "text/html" } }));
    expect(await failure(readMe())).toMatchObject({ code: "unavailable", status: 502 });
    fetchStub.mockResolvedValueOnce(new Response("<html>", { status: 200 }));
    expect(await failure(readMe())).toMatchObject({ code: "bad_response" });
    fetchStub.mockResolvedValueOnce(new Response("", { status: 200 }));
    expect(await failure(readMe())).toMatchObject({ code: "bad_response" });
  });

  it("passes an abort through and reads 204 as nothing", async () => {
    fetchStub.mockRejectedValueOnce(new DOMException("aborted", "AbortError"));
    await expect(readMe()).rejects.toMatchObject({ name: "AbortError" });
    fetchStub.mockResolvedValueOnce(new Response(null, { status: 204 }));
    await expect(deleteRecord("account", "a")).resolves.toBeUndefined();
  });

  it("hands the wish to abort on", async () => {
    fetchStub.mockImplementation(async () => reply(200, { items: [], next_cursor: null }));
    const abort = new AbortController();
    await listRecords("account", {}, abort.signal);
    expect(asked(0).signal.aborted).toBe(false);
    abort.abort();
    expect(asked(0).signal.aborted).toBe(true);
  });
});
