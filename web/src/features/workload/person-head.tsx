import { Link } from "@tanstack/react-router";
import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, WorkloadPerson } from "@/api/types";
import { findField, findObject, useMeta } from "@/engine/meta";
import { RecordLink } from "@/fields/record-link";
import { useLabel } from "@/i18n/i18n";

const MEMBER = "user";
const ACTIVITY = "activity";
const SHOWN_SKILLS = 3;

/** The open records of a person: those the number beside them counts. */
function openOf(object: ObjectMeta | null, of: string): string {
  const field = object?.views.board ? findField(object, object.views.board.group_by) : null;
  const open = (field?.options ?? []).filter((option) => !option.closed).map((option) => `'${option.value}'`);
  return field && open.length > 0 ? `${of} && ${field.name} in [${open.join(", ")}]` : of;
}

/** Who it is, what he is good at, and what waits for him besides the days shown. */
export function PersonHead({ person }: { person: WorkloadPerson }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const member = findObject(meta, MEMBER);
  const options = (member ? findField(member, "skills") : null)?.options ?? [];
  const skills = person.skills.map((skill) => {
    const option = options.find((one) => one.value === skill);
    return option ? label(option.label) : skill;
  });
  const of = `owner == "${person.member.id}"`;
  const tasks = `${of} && kind == 'task' && status in ['open', 'in_progress']`;
  return (
    <div className="gx-workload-person">
      <RecordLink object={MEMBER} id={person.member.id} className="gx-workload-name">
        {person.member.label}
      </RecordLink>
      {skills.length > 0 ? (
        <div className="gx-workload-skills" title={skills.join("、")}>
          {skills.slice(0, SHOWN_SKILLS).map((skill) => (
            <Tag key={skill}>{skill}</Tag>
          ))}
          {skills.length > SHOWN_SKILLS ? <span className="gx-muted">+{skills.length - SHOWN_SKILLS}</span> : null}
        </div>
      ) : null}
      <div className="gx-workload-counts">
        {person.done > 0 ? <span className="gx-muted">{t("workload.donePerson", { n: person.done })}</span> : null}
        {person.overdue > 0 ? (
          <Link
            to="/o/$object"
            params={{ object: ACTIVITY }}
            search={{ filter: `${tasks} && due_at < now()` }}
            className="gx-workload-overdue"
          >
            {t("workload.overdue", { n: person.overdue })}
          </Link>
        ) : null}
        {person.undated > 0 ? (
          <Link to="/o/$object" params={{ object: ACTIVITY }} search={{ filter: `${tasks} && due_at == null` }}>
            {t("workload.undated", { n: person.undated })}
          </Link>
        ) : null}
        {Object.entries(person.open).map(([name, count]) => (
          <Link
            key={name}
            to="/o/$object"
            params={{ object: name }}
            search={{ filter: openOf(findObject(meta, name), of) }}
          >
            {label(findObject(meta, name)?.label)} {count}
          </Link>
        ))}
      </div>
    </div>
  );
}
