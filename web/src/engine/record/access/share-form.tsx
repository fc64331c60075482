import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { addShare, type PrincipalKind, type ShareLevel } from "@/api/rights";
import type { Reference } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { asReference, asText } from "@/fields/values";
import { useErrorText } from "@/ui/error-text";
import { pickerField } from "../../picker-field";

const KINDS: PrincipalKind[] = ["member", "team", "department", "department_tree"];
const LEVELS: ShareLevel[] = ["read", "write", "manage"];
const TARGETS: Record<PrincipalKind, string> = {
  member: "user",
  team: "team",
  department: "department",
  department_tree: "department",
};

interface ShareFormProps {
  object: string;
  id: string;
  /** Told whether something is chosen that is not shared yet. */
  onDirty: (dirty: boolean) => void;
}

/** Shares the record: with whom, how much, until when. */
export function ShareForm({ object, id, onDirty }: ShareFormProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [kind, setKind] = useState<PrincipalKind>("member");
  const [whom, setWhom] = useState<Reference | null>(null);
  const [level, setLevel] = useState<ShareLevel>("read");
  const [until, setUntil] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const share = useMutation({
    mutationFn: (principal: Reference) =>
      addShare(object, id, {
        with: { kind, id: principal.id },
        level,
        ...(until ? { expires_at: until } : {}),
      }),
    onSuccess: (answer, principal) => {
      queryClient.setQueryData(queryKeys.shares(object, id), answer.items);
      void queryClient.invalidateQueries({ queryKey: queryKeys.viewers(object, id) });
      void message.success(t("rights.record.shared", { name: principal.label ?? "" }));
      setWhom(null);
      setUntil(null);
      setAsked(false);
    },
  });
  const submit = () => {
    setAsked(true);
    if (whom) share.mutate(whom);
  };
  const missing = asked && !whom;
  const dirty = whom !== null || until !== null;
  useEffect(() => {
    onDirty(dirty);
    return () => onDirty(false);
  }, [dirty, onDirty]);
  return (
    <Form layout="vertical" onFinish={submit} className="gx-share-form">
      <Form.Item label={t("rights.record.with")} htmlFor="share-kind">
        <Select<PrincipalKind>
          id="share-kind"
          value={kind}
          onChange={(next) => {
            // A department stays chosen when only "those below" changes.
            if (TARGETS[next] !== TARGETS[kind]) setWhom(null);
            setKind(next);
          }}
          options={KINDS.map((one) => ({ value: one, label: t(`rights.record.kinds.${one}`) }))}
        />
      </Form.Item>
      <Form.Item
        label={t("rights.record.whom", { kind: t(`rights.record.kinds.${kind}`) })}
        htmlFor="share-whom"
        required
        {...(missing ? { validateStatus: "error" as const, help: t("rights.record.whomNeeded") } : {})}
      >
        <FieldInput
          key={TARGETS[kind]}
          field={pickerField(TARGETS[kind], { "zh-CN": "", en: "" }, false)}
          id="share-whom"
          value={whom ? { id: whom.id, label: whom.label } : null}
          onChange={(next) => setWhom(asReference(next))}
          status={missing ? "error" : undefined}
        />
      </Form.Item>
      <Form.Item label={t("rights.record.level")} htmlFor="share-level">
        <Select<ShareLevel>
          id="share-level"
          value={level}
          onChange={setLevel}
          options={LEVELS.map((one) => ({ value: one, label: t(`rights.record.levels.${one}`) }))}
        />
      </Form.Item>
      <Form.Item label={t("rights.record.until")} htmlFor="share-until" extra={t("rights.record.untilHelp")}>
        <FieldInput
          field={{ ...pickerField("until", { "zh-CN": "", en: "" }, false), type: "datetime" }}
          id="share-until"
          value={until}
          onChange={(next) => setUntil(asText(next) || null)}
        />
      </Form.Item>
      {share.error ? <Alert type="error" showIcon title={errorText(share.error)} className="gx-gap" /> : null}
      <div className="gx-share-foot">
        <small className="gx-muted">{t("rights.record.noFields")}</small>
        <Button type="primary" htmlType="submit" loading={share.isPending}>
          {t("rights.record.share")}
        </Button>
      </div>
    </Form>
  );
}
