import { fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { beforeAll, expect, it, vi } from "vitest";
import type { FieldMeta, FieldValue } from "@/api/types";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { QuestionsInput } from "./questions-input";

const stored = vi.fn();

function Held() {
  const [value, setValue] = useState<FieldValue>([
    { name: "q1", type: "text", label: { "zh-CN": "需求", en: "Needs" }, required: false },
  ]);
  stored(value);
  return <QuestionsInput id="q" field={{} as FieldMeta} value={value} onChange={setValue} />;
}

beforeAll(async () => {
  window.matchMedia ??= (() => ({ matches: false, addEventListener() {}, removeEventListener() {} })) as never;
  await activateLocale("zh-CN");
  await activateLateTexts();
});

it("lets the text of a language be emptied and written anew; what is stored is never half", () => {
  render(<Held />);
  const english = () => screen.getAllByPlaceholderText("英文")[0] as HTMLInputElement;
  fireEvent.change(english(), { target: { value: "" } });
  expect(english()).toHaveValue("");
  expect(stored).toHaveBeenLastCalledWith([expect.objectContaining({ label: { "zh-CN": "需求", en: "需求" } })]);
  fireEvent.change(english(), { target: { value: "Wants" } });
  expect(english()).toHaveValue("Wants");
  expect(stored).toHaveBeenLastCalledWith([expect.objectContaining({ label: { "zh-CN": "需求", en: "Wants" } })]);
});
