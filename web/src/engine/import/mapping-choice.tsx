import { SaveOutlined } from "@ant-design/icons";
import { Alert, App, Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportGuess, KnownMapping } from "@/api/imports";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useErrorText } from "@/ui/error-text";
import { findObject, useMeta } from "../meta";
import { initialMapping } from "./mapping";
import { emptyPart, MAIN, type PlanDraft } from "./plan";
import { SaveMapping } from "./save-mapping";
import { openPlan, useGuesses, useMappings } from "./use-draft";

/** From this fit on a mapping is proposed by itself. */
const WORTH = 0.6;
const SAVED = "import_mapping";

interface MappingChoiceProps {
  object: ObjectMeta;
  id: string;
  guess: ImportGuess;
  /** The mapping in use, if any. */
  used: KnownMapping | null;
  onUsed: (mapping: KnownMapping | null) => void;
  draft: PlanDraft;
  onDraft: (draft: PlanDraft) => void;
}

const keyOf = (mapping: KnownMapping): string => mapping.id ?? mapping.key ?? mapping.name;

/** Mappings of earlier and those for exports of other systems: the ones that fit are proposed, this one can be saved. */
export function MappingChoice({ object, id, guess, used, onUsed, draft, onDraft }: MappingChoiceProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const meta = useMeta();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const guesses = useGuesses(id);
  const known = useMappings(object.name, id);
  const [saving, setSaving] = useState(false);
  const percent = (fit: number) => formats.number(fit, { style: "percent", maximumFractionDigits: 0 });
  const mappings = known.data ?? [];
  const best = mappings[0];
  const proposed = !used && best && (best.fit ?? 0) >= WORTH ? best : null;

  const use = async (mapping: KnownMapping) => {
    try {
      onDraft(await openPlan(mapping.plan ?? { mapping: [] }, guess, guesses));
      onUsed(mapping);
    } catch (error) {
      void message.error(errorText(error));
    }
  };
  const guessAnew = () => {
    const part = emptyPart(MAIN, object.name, guess.fields, initialMapping(guess));
    onDraft({ parts: [part], owners: null, departments: null });
    onUsed(null);
  };
  const maySave = findObject(meta, SAVED)?.access.create === true;
  return (
    <section className="gx-panel gx-import-known">
      {used ? (
        <Alert
          type="info"
          showIcon
          title={t("imports.usedMapping", { name: used.name })}
          action={
            <Button size="small" type="text" onClick={guessAnew}>
              {t("imports.guessAnew")}
            </Button>
          }
        />
      ) : null}
      {proposed ? (
        <Alert
          type="info"
          showIcon
          title={t("imports.proposed", { name: proposed.name, fit: percent(proposed.fit ?? 0) })}
          description={t(proposed.source === "ready" ? "imports.proposedReady" : "imports.proposedSaved")}
          action={
            <Button size="small" type="primary" onClick={() => void use(proposed)}>
              {t("imports.useMapping")}
            </Button>
          }
        />
      ) : null}
      <div className="gx-import-known-line">
        <Select
          value={null}
          placeholder={t("imports.chooseMapping")}
          loading={known.isPending}
          disabled={mappings.length === 0}
          showSearch={{ optionFilterProp: "text" }}
          onChange={(key: string | null) => {
            const chosen = mappings.find((one) => keyOf(one) === key);
            if (chosen) void use(chosen);
          }}
          options={mappings.map((one) => ({
            value: keyOf(one),
            text: one.name,
            label: (
              <>
                {one.name}{" "}
                <small className="gx-muted">
                  {t(one.source === "ready" ? "imports.ready" : one.mine ? "imports.mine" : "imports.shared")}
                  {one.fit ? ` · ${percent(one.fit)}` : ""}
                </small>
              </>
            ),
          }))}
          aria-label={t("imports.chooseMapping")}
        />
        {maySave ? (
          <Button icon={<SaveOutlined />} onClick={() => setSaving(true)}>
            {t("imports.saveMapping")}
          </Button>
        ) : null}
      </div>
      {saving ? (
        <SaveMapping
          object={object}
          headers={guess.columns.map((column) => column.header)}
          draft={draft}
          before={used?.mine && used.id ? used : null}
          onClose={() => setSaving(false)}
          onSaved={() => {
            setSaving(false);
            void known.refetch();
          }}
        />
      ) : null}
    </section>
  );
}
