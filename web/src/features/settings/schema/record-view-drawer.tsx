import { PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SectionDefinition, StoredObject } from "@/api/schema";
import { useLabel } from "@/i18n/i18n";
import { ChangeDrawer } from "./change-drawer";
import { fullLabel } from "./field-draft";
import { LabelInput } from "./label-input";
import { freeName, withRecordView } from "./object-draft";
import { moved, OrderTools } from "./order-tools";
import { PathList } from "./path-list";

/** The head of the record page, and the groups of fields on page and form. */
export function RecordViewDrawer({ object, onClose }: { object: StoredObject; onClose: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const [facts, setFacts] = useState(object.views?.record?.key_facts ?? []);
  const [sections, setSections] = useState<SectionDefinition[]>(object.views?.record?.section ?? []);
  const change = (index: number, part: Partial<SectionDefinition>) =>
    setSections(sections.map((section, at) => (at === index ? { ...section, ...part } : section)));
  const add = () => {
    const name = freeName(
      object,
      "section",
      sections.map((section) => section.name),
    );
    setSections([...sections, { name, label: { "zh-CN": "", en: "" }, fields: [] }]);
  };
  const labelled = sections.flatMap((section) => {
    const both = fullLabel(section.label);
    return both ? [{ ...section, label: both }] : [];
  });
  const complete = labelled.length === sections.length;
  const placed = new Set(sections.flatMap((section) => section.fields));
  return (
    <ChangeDrawer
      object={object}
      title={t("settings.views.record")}
      draft={{ facts, sections }}
      change={
        complete
          ? { op: "change_object", object: withRecordView(object, { key_facts: facts, section: labelled }) }
          : null
      }
      onClose={onClose}
    >
      {() => (
        <>
          <PathList
            id="key-facts"
            title={t("settings.views.keyFacts")}
            help={t("settings.views.keyFactsHelp")}
            object={object.name}
            paths={facts}
            onChange={setFacts}
          />
          <h3 className="gx-subhead">{t("settings.views.sections")}</h3>
          <p className="gx-muted">{t("settings.views.loose")}</p>
          {sections.map((section, index) => (
            <fieldset key={section.name} className="gx-section-edit">
              <legend>
                {label(section.label) || t("settings.views.newSection")}
                <OrderTools
                  name={label(section.label)}
                  index={index}
                  count={sections.length}
                  onMove={(by) => setSections(moved(sections, index, by))}
                  onRemove={() => setSections(sections.filter((_, at) => at !== index))}
                />
              </legend>
              <LabelInput
                id={`section-${section.name}`}
                title={t("settings.views.sectionName")}
                value={section.label}
                onChange={(value) => change(index, { label: value })}
                required
              />
              <PathList
                id={`section-fields-${section.name}`}
                title={t("settings.views.sectionFields")}
                object={object.name}
                paths={section.fields}
                onChange={(fields) => change(index, { fields })}
                own
                taken={placed}
              />
            </fieldset>
          ))}
          <Button icon={<PlusOutlined />} onClick={add}>
            {t("settings.views.addSection")}
          </Button>
        </>
      )}
    </ChangeDrawer>
  );
}
