import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { App } from "antd";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { StepForm } from "@/api/processes";
import * as processes from "@/api/processes";
import { queryKeys } from "@/api/query-keys";
import type { Meta } from "@/api/types";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { StepFormDrawer } from "./step-form";

vi.mock("@tanstack/react-router", async (original) => ({
  ...(await original<object>()),
  useBlocker: vi.fn(),
  useNavigate: () => vi.fn(),
  Link: ({ children }: { children: React.ReactNode }) => <span>{children}</span>,
}));

/** Inputs come late. */
const SLOW = { timeout: 5_000 };
const label = (text: string) => ({ "zh-CN": text, en: text });
const form: StepForm = {
  case: { id: "c", name: "项目", number: "P-000001" },
  step: { id: "s", key: "k", name: "需求", instructions: null },
  record: { object: "account", id: "r", label: "星河", version: 3 },
  fields: [
    { name: "need", label: label("需求说明"), required: true, may_write: true, value: "旧的" },
    { name: "budget", label: label("预算"), required: true, may_write: true, value: "10" },
  ],
  questions: [{ name: "plan", type: "text", label: label("方案") }],
  answers: {},
  checklist: { total: 0, done: 0 },
};

function draw() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(queryKeys.meta, { objects: [], navigation: [] } as unknown as Meta);
  const onClose = vi.fn();
  render(
    <QueryClientProvider client={client}>
      <App>
        <StepFormDrawer task="t" onClose={onClose} />
      </App>
    </QueryClientProvider>,
  );
  return { client, onClose };
}

describe("the form of a step", () => {
  beforeEach(async () => {
    await activateLocale("zh-CN");
    await activateLateTexts();
    vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
    const unseen = class {
      observe() {}
      unobserve() {}
      disconnect() {}
    };
    vi.stubGlobal("ResizeObserver", unseen);
    vi.spyOn(processes, "readStepForm").mockResolvedValue(form);
  });

  it("sends only what was typed; what another wrote meanwhile is shown and stays", async () => {
    const complete = vi.spyOn(processes, "completeStep").mockResolvedValue(null);
    const { client, onClose } = draw();
    fireEvent.change(await screen.findByLabelText(/预算/, {}, SLOW), { target: { value: "20" } });
    const newer = {
      ...form,
      fields: form.fields.map((one) => (one.name === "need" ? { ...one, value: "新的" } : one)),
    };
    client.setQueryData([...queryKeys.record("activity", "t"), "step-form"], newer);
    await waitFor(() => expect(screen.getByLabelText(/需求说明/)).toHaveValue("新的"));
    expect(screen.getByLabelText(/预算/)).toHaveValue("20");
    fireEvent.click(screen.getByRole("button", { name: "完成步骤" }));
    await waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
    expect(complete).toHaveBeenCalledWith("t", { answers: {}, values: { budget: "20" } }, expect.any(String));
  });

  it("goes at once where nothing was typed", async () => {
    const { onClose } = draw();
    await screen.findByLabelText(/方案/, {}, SLOW);
    fireEvent.click(screen.getByRole("button", { name: "取 消" }));
    await waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
  });

  it("asks before what was typed is thrown away", async () => {
    const { onClose } = draw();
    const answer = await screen.findByLabelText(/方案/, {}, SLOW);
    fireEvent.change(answer, { target: { value: "很长的回答" } });
    fireEvent.click(screen.getByRole("button", { name: "取 消" }));
    expect(await screen.findByText("离开后，未保存的内容会丢失。")).toBeInTheDocument();
    expect(onClose).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole("button", { name: /离\s?开/ }));
    await waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
  });
});
