import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fieldMeta as field } from "@/api/fixtures";
import { queryKeys } from "@/api/query-keys";
import { tryRecord } from "@/api/records";
import type { FieldError, Me } from "@/api/types";
import { LEFT_MS, REST_MS } from "./live-checker";
import { useLiveCheck } from "./use-live-check";
import { useRecordForm } from "./use-record-form";

vi.mock("@/api/records", async (real) => ({ ...(await real<object>()), tryRecord: vi.fn() }));

const asked = vi.mocked(tryRecord);
const name = field("name", "text", { required: true });
const code = field("code", "text");
const email = field("email", "email");
const fields = [name, code, email];
const initial = {};
const taken = (where: string): FieldError => ({ field: where, code: "duplicate", message: `${where} is taken` });

function open() {
  const queryClient = new QueryClient();
  const me = { user: { id: "u1", name: "A", department: null, roles: [] }, time_zone: "Asia/Shanghai" };
  queryClient.setQueryData(queryKeys.me, me as unknown as Me);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
  );
  const use = ({ saving }: { saving: boolean }) => {
    const form = useRecordForm({ object: "account", fields, record: null, initial, keepDraft: false });
    const left = useLiveCheck({
      object: "account",
      record: null,
      values: form.values,
      toSend: () => form.changes,
      active: form.begun && form.dirty && !saving,
      onAnswer: form.showLiveErrors,
    });
    return { form, left };
  };
  const { result, rerender, unmount } = renderHook(use, { wrapper, initialProps: { saving: false } });
  const type = (where: string, value: string | null) => act(() => result.current.form.set(where, value));
  const leave = (where: string) =>
    act(() => {
      result.current.form.touch(where);
      result.current.left();
    });
  return { result, type, leave, unmount, saving: (saving: boolean) => rerender({ saving }) };
}

const pass = (pause: number) => act(() => vi.advanceTimersByTimeAsync(pause));

beforeEach(() => {
  vi.useFakeTimers();
  asked.mockResolvedValue([]);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  asked.mockReset();
});

it("asks nothing where nothing was typed, and nothing again once that is so", async () => {
  const { type, leave } = open();
  await pass(5 * REST_MS);
  leave("name");
  await pass(5 * REST_MS);
  type("code", "1");
  type("code", null);
  await pass(5 * REST_MS);
  expect(asked).not.toHaveBeenCalled();
});

it("asks once typing rests, with what a save would send", async () => {
  const { type } = open();
  for (const text of ["1", "12", "123"]) {
    type("code", text);
    await pass(REST_MS - 1);
  }
  expect(asked).not.toHaveBeenCalled();
  await pass(1);
  expect(asked).toHaveBeenCalledExactlyOnceWith("account", null, { code: "123" }, expect.any(AbortSignal));
  await pass(5 * REST_MS);
  expect(asked).toHaveBeenCalledOnce();
});

it("asks at once when a field is left, but never twice within its pause", async () => {
  const { type, leave } = open();
  type("code", "1");
  leave("code");
  await pass(LEFT_MS);
  expect(asked).toHaveBeenCalledOnce();
  leave("code");
  type("email", "a@example.com");
  leave("email");
  await pass(REST_MS - 1);
  expect(asked).toHaveBeenCalledOnce();
  await pass(1);
  expect(asked).toHaveBeenCalledTimes(2);
});

it("tells of fields that were typed in or left, and of no others", async () => {
  asked.mockResolvedValue([taken("name"), taken("code"), taken("email")]);
  const { result, type, leave } = open();
  type("code", "1");
  await pass(REST_MS);
  const told = () => fields.map((one) => result.current.form.problemOf(one));
  expect(told()).toEqual([null, "code is taken", null]);
  leave("email");
  expect(told()).toEqual([null, "code is taken", "email is taken"]);
  // What the browser sees itself it says in its own words, and only of what is left.
  leave("name");
  expect(told()[0]).toEqual({ code: "required" });
  type("email", "someone at");
  await pass(REST_MS);
  expect(told()[2]).toEqual({ code: "bad_email" });
});

it("takes an error back when its field changes, or the next answer has it no more", async () => {
  asked.mockResolvedValueOnce([taken("code")]).mockResolvedValueOnce([taken("email")]);
  const { result, type } = open();
  const told = () => [code, email].map((one) => result.current.form.problemOf(one));
  type("email", "a@example.com");
  type("code", "1");
  await pass(REST_MS);
  expect(told()).toEqual(["code is taken", null]);
  type("code", "2");
  expect(told()).toEqual([null, null]);
  await pass(REST_MS);
  expect(told()).toEqual([null, "email is taken"]);
  type("code", "3");
  await pass(REST_MS);
  expect(told()).toEqual([null, null]);
});

it("takes back what a save was refused for once the server says it no more", async () => {
  const { result, type } = open();
  type("code", "1");
  act(() => result.current.form.showServerErrors([taken("email")]));
  expect(result.current.form.problemOf(email)).toBe("email is taken");
  await pass(REST_MS);
  expect(result.current.form.problemOf(email)).toBeNull();
});

it("gives up what it asked when something else is typed, a save begins or the form closes", async () => {
  const answers: ((errors: FieldError[]) => void)[] = [];
  asked.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
  const { result, type, saving, unmount } = open();
  const aborted = () => asked.mock.calls.map(([, , , signal]) => signal.aborted);
  type("code", "1");
  await pass(REST_MS);
  type("code", "2");
  expect(aborted()).toEqual([true]);
  await act(async () => answers[0]?.([taken("code")]));
  expect(result.current.form.problemOf(code)).toBeNull();
  await pass(REST_MS);
  saving(true);
  expect(aborted()).toEqual([true, true]);
  await pass(5 * REST_MS);
  // A save that was refused said what is wrong: the same is not asked again.
  saving(false);
  await pass(5 * REST_MS);
  expect(asked).toHaveBeenCalledTimes(2);
  type("code", "3");
  await pass(REST_MS);
  unmount();
  expect(aborted()).toEqual([true, true, true]);
});

it("says nothing of its own troubles, and does not ask without a network", async () => {
  asked.mockRejectedValue(new Error("busy"));
  const { result, type } = open();
  type("code", "1");
  await pass(REST_MS);
  expect(result.current.form.problemOf(code)).toBeNull();
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  type("code", "2");
  await pass(5 * REST_MS);
  expect(asked).toHaveBeenCalledOnce();
});
