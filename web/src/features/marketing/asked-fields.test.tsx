import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, describe, expect, it } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import { queryKeys } from "@/api/query-keys";
import type { FieldValue, Meta, ObjectMeta } from "@/api/types";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { asksPersonalData, fieldsToAsk, moveTo, readAsked, usualFields, writeAsked } from "./asked-fields";
import { AskedFieldsDisplay, AskedFieldsLine } from "./asked-fields-display";
import { AskedFieldsInput } from "./asked-fields-input";

const label = (zh: string) => ({ "zh-CN": zh, en: zh });
const lead = {
  name: "lead",
  label: label("线索"),
  fields: [
    fieldMeta("name", "person_name", { label: label("姓名"), required: true }),
    fieldMeta("company", "text", { label: label("公司") }),
    fieldMeta("mobile", "phone", { label: label("手机") }),
    fieldMeta("need", "long_text", { label: label("需求") }),
    fieldMeta("rating", "select", { label: label("意向") }),
    fieldMeta("score_reasons", "long_text", { read_only: true }),
    fieldMeta("owner", "user"),
    fieldMeta("photo", "image"),
    fieldMeta("days", "formula", { computed: true }),
  ],
} as unknown as ObjectMeta;

describe("the fields of a form", () => {
  it("are those that visitors can fill in", () => {
    expect(fieldsToAsk(lead).map((field) => field.name)).toEqual(["name", "company", "mobile", "need"]);
  });

  it("are kept without what says nothing, and read again", () => {
    const asked = [
      { field: "name", required: true, label: "" },
      { field: "mobile", required: false, label: "联系电话" },
      { field: "need", required: false, label: " " },
    ];
    const kept = writeAsked(asked);
    expect(kept).toEqual([
      { field: "name", required: true },
      { field: "mobile", label: "联系电话" },
      { field: "need" },
    ]);
    expect(readAsked(kept)[1]).toEqual({ field: "mobile", required: false, label: "联系电话" });
    expect(readAsked({ "!unread": "[" } as FieldValue)).toEqual([]);
  });

  it("begin with what no lead can be made without, and the usual ones", () => {
    expect(usualFields(lead).map((one) => [one.field, one.required])).toEqual([
      ["name", true],
      ["company", false],
      ["mobile", true],
      ["need", false],
    ]);
  });

  it("tell when somebody must agree", () => {
    const ask = (field: string) => asksPersonalData(lead, [{ field, required: false, label: "" }]);
    expect([ask("need"), ask("mobile"), ask("wechat")]).toEqual([false, true, true]);
  });

  it("are put in another order", () => {
    expect(moveTo(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
    expect(moveTo(["a", "b", "c"], 2, 1)).toEqual(["a", "c", "b"]);
  });
});

const field = fieldMeta("fields", "json", { label: label("填写项") });
let told: FieldValue | undefined;

function Editor({ start, consent }: { start: FieldValue; consent?: string }) {
  const [value, setValue] = useState<FieldValue>(start);
  const change = (next: FieldValue) => {
    told = next;
    setValue(next);
  };
  return <AskedFieldsInput field={field} value={value} values={{ consent_text: consent ?? null }} onChange={change} />;
}

function draw(node: React.ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  client.setQueryData(queryKeys.meta, { objects: [lead] } as unknown as Meta);
  return render(<QueryClientProvider client={client}>{node}</QueryClientProvider>);
}

describe("the editor", () => {
  beforeEach(async () => {
    told = undefined;
    await activateLocale("zh-CN");
    await activateLateTexts();
  });

  it("begins with the usual fields and asks for the consent they need", () => {
    draw(<Editor start={null} />);
    fireEvent.click(screen.getByRole("button", { name: "用常用项开始" }));
    expect(readAsked(told).map((one) => one.field)).toEqual(["name", "company", "mobile", "need"]);
    expect(screen.getByText(/请在下面填写“同意声明”/)).toBeInTheDocument();
  });

  it("moves, renames, requires and removes", () => {
    draw(<Editor start={[{ field: "name" }, { field: "company" }, { field: "need" }]} consent="同意" />);
    expect(screen.queryByText(/同意声明/)).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "上移需求" }));
    fireEvent.change(screen.getByRole("textbox", { name: "公司在表单上的名称" }), { target: { value: "单位" } });
    fireEvent.click(screen.getByRole("checkbox", { name: "需求必填" }));
    expect(told).toEqual([{ field: "name" }, { field: "need", required: true }, { field: "company", label: "单位" }]);
    fireEvent.click(screen.getByRole("button", { name: "移除公司" }));
    expect(readAsked(told).map((one) => one.field)).toEqual(["name", "need"]);
  });

  it("lets a label of several words be typed, and drops the spaces around it when it is left", async () => {
    draw(<Editor start={[{ field: "name" }, { field: "company" }]} consent="同意" />);
    const input = screen.getByRole("textbox", { name: "公司在表单上的名称" });
    await userEvent.type(input, "Your company ");
    expect(input).toHaveValue("Your company ");
    await userEvent.tab();
    expect(told).toEqual([{ field: "name" }, { field: "company", label: "Your company" }]);
  });

  it("keeps what no lead can be made without", () => {
    draw(<Editor start={[{ field: "name" }]} consent="同意" />);
    const row = screen.getByRole("listitem");
    expect(within(row).getByRole("checkbox", { name: "姓名必填" })).toBeDisabled();
    expect(within(row).getByRole("checkbox", { name: "姓名必填" })).toBeChecked();
    expect(within(row).getByRole("button", { name: "移除姓名" })).toBeDisabled();
  });

  it("is read as a list of names", () => {
    const value: FieldValue = [{ field: "name" }, { field: "mobile", label: "联系电话" }];
    draw(<AskedFieldsDisplay field={field} value={value} variant="page" />);
    const { container } = draw(<AskedFieldsLine field={field} value={value} variant="cell" />);
    expect(container).toHaveTextContent("姓名*、联系电话");
    expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual(["姓名必填", "联系电话"]);
  });
});
