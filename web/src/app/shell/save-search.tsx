import { Button, Checkbox, Form, Input } from "antd";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { type SavedSearch, useSaveSearch } from "@/engine/saved-searches";
import { useErrorText } from "@/ui/error-text";

interface SaveSearchProps {
  /** What is in the box, for a new one. */
  typed: string;
  /** The one to change, or null for a new one. */
  saved: SavedSearch | null;
  onDone: (name: string) => void;
  onBack: () => void;
}

interface SearchForm {
  name: string;
  text: string;
  shared: boolean;
}

/** Keeps a search under a name, for oneself or for all. It takes the place of the results, so the keyboard stays here. */
export function SaveSearch({ typed, saved, onDone, onBack }: SaveSearchProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const save = useSaveSearch();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
    event.stopPropagation();
    onBack();
  };
  const required = (field: string) => ({
    required: true,
    whitespace: true,
    message: t("common.required", { field }),
  });
  return (
    <Form<SearchForm>
      layout="vertical"
      requiredMark={false}
      className="gx-save-search"
      aria-label={saved ? t("search.edit") : t("search.save")}
      initialValues={saved ?? { name: typed.slice(0, 80), text: typed, shared: false }}
      onFinish={(values) => save.mutate({ id: saved?.id, ...values }, () => onDone(values.name.trim()))}
      onKeyDown={onKeyDown}
    >
      <Form.Item
        name="name"
        label={t("search.name")}
        {...(save.error ? { validateStatus: "error" as const, help: errorText(save.error) } : {})}
        rules={[required(t("search.name"))]}
      >
        <Input maxLength={80} autoFocus onFocus={(event) => event.target.select()} />
      </Form.Item>
      <Form.Item name="text" label={t("search.text")} extra={t("search.textHelp")} rules={[required(t("search.text"))]}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="shared" valuePropName="checked" extra={t("search.sharedHelp")}>
        <Checkbox>{t("search.shared")}</Checkbox>
      </Form.Item>
      <div className="gx-save-search-buttons">
        <Button onClick={onBack}>{t("search.back")}</Button>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t("common.save")}
        </Button>
      </div>
    </Form>
  );
}
