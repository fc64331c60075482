import { PlusOutlined } from "@ant-design/icons";
import { Alert, App, Button, Dropdown, Tabs } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type ImportPreview,
  type ImportProgress,
  type ImportUpload,
  type KnownMapping,
  planImport,
} from "@/api/imports";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { useTabListRole } from "@/ui/tab-list-role";
import { useIsPhone } from "@/ui/use-media";
import { findObject, useMeta } from "../meta";
import { FileFacts } from "./file-facts";
import { missingRequired } from "./mapping";
import { MappingChoice } from "./mapping-choice";
import { OwnersPanel } from "./owners-panel";
import { PartPanel } from "./part-panel";
import {
  fieldOf,
  freeKey,
  furtherObjects,
  givenFields,
  guessedPart,
  isUsable,
  linked,
  MAIN,
  type PartDraft,
  type PlanDraft,
  planInput,
  withoutPart,
  withPart,
  yielded,
} from "./plan";
import { type Opened, useGuesses } from "./use-draft";
import { usePartNames } from "./use-part-names";

interface MappingStepProps {
  object: ObjectMeta;
  progress: ImportProgress;
  /** What the server said of the file when it was sent; null where the page was opened again. */
  upload: ImportUpload | null;
  file: File | null;
  opened: Opened;
  used: KnownMapping | null;
  onUsed: (mapping: KnownMapping | null) => void;
  draft: PlanDraft;
  onDraft: (draft: PlanDraft) => void;
  onUploaded: (upload: ImportUpload, file: File) => void;
  onBack: () => void;
  onChecked: (preview: ImportPreview) => void;
}

/** Which column is which field of what, what else a row makes, and what becomes of rows whose record exists. */
export function MappingStep(props: MappingStepProps) {
  const { object, progress, upload, file, opened, used, onUsed, draft, onDraft, onUploaded, onBack, onChecked } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const phone = useIsPhone();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const guesses = useGuesses(progress.id);
  const nameOf = usePartNames(draft);
  const panel = useRef<HTMLElement>(null);
  useTabListRole(panel);
  const [shown, setShown] = useState(MAIN);
  const [busy, setBusy] = useState(false);
  const part = draft.parts.find((one) => one.key === shown) ?? draft.parts[0];

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  const check = () =>
    attempt(async () => {
      onChecked(await planImport(progress.id, planInput(draft)));
    });
  const add = (name: string) =>
    attempt(async () => {
      const guess = await guesses(name);
      const key = freeKey(draft, name);
      const further = findObject(meta, name);
      if (!further) return;
      const next = guessedPart(draft, further, key, guess);
      onDraft(linked(meta, yielded({ ...draft, parts: [...draft.parts, next] }, key), key));
      setShown(key);
    });
  const missing = draft.parts.flatMap((one) => missingOf(one, findObject(meta, one.object), draft));
  const further = furtherObjects(meta, draft);
  if (!part) return null;
  const more =
    further.length > 0 ? (
      <Dropdown
        trigger={["click"]}
        menu={{
          items: further.map((one) => ({ key: one.name, label: label(one.label) })),
          onClick: ({ key }) => void add(key),
        }}
      >
        <Button size="small" icon={<PlusOutlined />} disabled={busy}>
          {t("imports.also")}
        </Button>
      </Dropdown>
    ) : null;
  return (
    <>
      <MappingChoice
        object={object}
        id={progress.id}
        guess={opened.guess}
        used={used}
        onUsed={onUsed}
        draft={draft}
        onDraft={(next) => {
          onDraft(next);
          setShown(MAIN);
        }}
      />
      <section className="gx-panel gx-import-parts" ref={panel}>
        <FileFacts progress={progress} upload={upload} file={file} parts={draft.parts} onUploaded={onUploaded} />
        {phone ? more : null}
        <Tabs
          activeKey={`part:${part.key}`}
          onChange={(key) => setShown(key.slice("part:".length))}
          items={draft.parts.map((one) => ({ key: `part:${one.key}`, label: <PartTab part={one} nameOf={nameOf} /> }))}
          tabBarExtraContent={phone ? null : more}
        />
        <PartPanel
          key={part.key}
          id={progress.id}
          columns={opened.guess.columns}
          draft={draft}
          part={part}
          onPart={(next) => onDraft(withPart(draft, next))}
          onRemove={() => {
            onDraft(withoutPart(draft, part.key));
            setShown(MAIN);
          }}
        />
      </section>
      <OwnersPanel columns={opened.guess.columns} draft={draft} onDraft={onDraft} />
      {missing.length > 0 ? (
        <Alert
          type="warning"
          showIcon
          title={t("imports.missing", { fields: missing.join(t("common.comma")) })}
          description={t("imports.missingText")}
        />
      ) : null}
      <footer className="gx-import-foot">
        <Button onClick={onBack}>{t("imports.otherFile")}</Button>
        <Button type="primary" disabled={!isUsable(draft)} loading={busy} onClick={() => void check()}>
          {busy ? t("imports.checking") : t("imports.check")}
        </Button>
      </footer>
    </>
  );

  function missingOf(one: PartDraft, owner: ObjectMeta | null, { parts }: PlanDraft): string[] {
    const fields = missingRequired(givenFields(one), one.fields, (path) => {
      const field = fieldOf(owner, path);
      return field?.default !== undefined && field.default !== null;
    });
    return fields.map((field) =>
      parts.length > 1 ? `${nameOf(one.key)} · ${label(field.label)}` : label(field.label),
    );
  }
}

function PartTab({ part, nameOf }: { part: PartDraft; nameOf: (key: string) => string }) {
  const { t } = useTranslation();
  const n = givenFields(part).size;
  return (
    <span>
      {nameOf(part.key)} <small className="gx-muted">{t("imports.fieldsGiven", { n })}</small>
    </span>
  );
}
