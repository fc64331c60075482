import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type { DuplicateCandidate } from "@/api/duplicates";
import { fieldMeta } from "@/api/fixtures";
import { queryKeys } from "@/api/query-keys";
import type { Meta, ObjectMeta } from "@/api/types";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { CandidateLine } from "./candidate-line";
import { DuplicateHint } from "./duplicate-hint";

const label = (zh: string) => ({ "zh-CN": zh, en: zh });
const objectOf = (name: string, zh: string, more = {}) =>
  ({
    name,
    label: label(zh),
    fields: [fieldMeta("name", "text", { label: label(`${zh}名称`) })],
    ...more,
  }) as unknown as ObjectMeta;
const lead = objectOf("lead", "线索", { duplicates: true, duplicates_against: ["account", "secret"] });
const account = objectOf("account", "客户");

const reasons = [{ field: "name", part: null, agreement: "equal", bits: 9, rarity: null }];
const seen = {
  visible: true,
  id: "a-1",
  label: "上海星河",
  owner: { id: "u", label: "王芳" },
  probability: 0.97,
  reasons,
};
const candidate = (more: object) => ({ ...seen, ...more }) as unknown as DuplicateCandidate;

function draw(node: React.ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  client.setQueryData(queryKeys.meta, { objects: [lead, account] } as unknown as Meta);
  return render(<QueryClientProvider client={client}>{node}</QueryClientProvider>);
}

beforeEach(async () => {
  await activateLocale("zh-CN");
  await activateLateTexts();
});

describe("a record that may be the same", () => {
  it("of another object leads there, is named and has that object's words", () => {
    draw(<CandidateLine object={lead} candidate={candidate({ object: "account" })} />);
    expect(screen.getByRole("link")).toHaveAttribute("href", "/r/account/a-1");
    expect(screen.getByText("客户")).toBeInTheDocument();
    expect(screen.getByText("客户名称相同")).toBeInTheDocument();
  });

  it("of the same object needs no name of it", () => {
    draw(<CandidateLine object={lead} candidate={candidate({})} />);
    expect(screen.getByRole("link")).toHaveAttribute("href", "/r/lead/a-1");
    expect(screen.queryByText("线索")).toBeNull();
  });

  it("out of sight tells whose it is and no more", () => {
    const hidden = { visible: false, object: "account", owner: { id: "u", label: "王芳" }, probability: 0.9 };
    draw(<CandidateLine object={lead} candidate={hidden as unknown as DuplicateCandidate} />);
    expect(screen.getByText("已有相似的客户，负责人：王芳")).toBeInTheDocument();
    expect(screen.queryByRole("link")).toBeNull();
  });
});

describe("the hint of a form", () => {
  it("says with what is compared, as far as the caller knows of it", () => {
    draw(<DuplicateHint object={lead} id={null} values={{}} typed={false} />);
    expect(screen.getByText("填写时会留意是否已有相同的线索或客户")).toBeInTheDocument();
  });
});
