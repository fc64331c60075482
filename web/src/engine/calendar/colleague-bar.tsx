import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Popover, Select, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { readRecord } from "@/api/records";
import type { RecordData } from "@/api/types";
import { asReferences, asText } from "@/fields/values";
import { searchRecords } from "../records-search";
import { useMe } from "../session";
import type { CalendarView, Colleague } from "./use-calendar-view";

const MEMBER = "user";
const TEAM = "team";
const ROOM = "resource";
/** More calendars than that on top of each other nobody can read. */
const MOST = 12;

/** Whose calendars are laid beside one's own, and those of which rooms, and a place to choose more of them. */
export function ColleagueBar({ view }: { view: CalendarView }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const me = useMe();
  const [open, setOpen] = useState(false);
  const [words, setWords] = useState("");
  const found = useQuery({
    queryKey: ["records", MEMBER, "beside", words],
    queryFn: async ({ signal }) => {
      const none = () => [] as RecordData[];
      const [members, teams, rooms] = await Promise.all([
        searchRecords(MEMBER, words, "active", signal),
        searchRecords(TEAM, words, "", signal).catch(none),
        searchRecords(ROOM, words, "active", signal).catch(none),
      ]);
      return { members, teams, rooms };
    },
    enabled: open,
    staleTime: 30_000,
  });
  const add = (more: Colleague[]) => {
    const known = new Set([me.user.id, ...view.colleagues.map((one) => one.id)]);
    const next = [...view.colleagues, ...more.filter((one) => !known.has(one.id))];
    if (next.length > MOST) void message.info(t("calendar.beside.most", { n: MOST }));
    view.setColleagues(next.slice(0, MOST));
  };
  const choose = async (key: string) => {
    const [kind, id] = key.split(":") as [string, string];
    if (kind === TEAM) {
      const team = await readRecord(TEAM, id, "members");
      add(asReferences(team.members).map((one) => ({ id: one.id, label: one.label ?? "" })));
    } else if (kind === ROOM) {
      const room = found.data?.rooms.find((one) => one.id === id);
      if (room) add([{ id, label: asText(room.name), room: true }]);
    } else {
      const member = found.data?.members.find((one) => one.id === id);
      if (member) add([{ id, label: asText(member.name) }]);
    }
    setOpen(false);
    setWords("");
  };
  const options = [
    ...(found.data?.members ?? []).map((one) => ({ value: `${MEMBER}:${one.id}`, label: asText(one.name) })),
    ...(found.data?.teams ?? []).map((one) => ({ value: `${TEAM}:${one.id}`, label: `👥 ${asText(one.name)}` })),
    ...(found.data?.rooms ?? []).map((one) => ({ value: `${ROOM}:${one.id}`, label: `🚪 ${asText(one.name)}` })),
  ];
  return (
    <div className="gx-calendar-notes gx-beside">
      <span className="gx-muted">{t("calendar.beside.title")}</span>
      {view.colleagues.map((one) => (
        <Tag
          key={one.id}
          closable={{ "aria-label": t("calendar.beside.remove", { name: one.label }) }}
          onClose={() => view.setColleagues(view.colleagues.filter((other) => other.id !== one.id))}
        >
          {one.label}
        </Tag>
      ))}
      <Popover
        open={open}
        onOpenChange={setOpen}
        trigger="click"
        placement="bottomLeft"
        content={
          <div className="gx-beside-choice">
            <Select
              autoFocus
              showSearch={{ filterOption: false, onSearch: setWords, searchValue: words }}
              placeholder={t("calendar.beside.placeholder")}
              aria-label={t("calendar.beside.placeholder")}
              value={null}
              loading={found.isFetching}
              options={options}
              onSelect={(key: string | null) => key && void choose(key)}
            />
            <p className="gx-muted">{t("calendar.beside.hint")}</p>
          </div>
        }
      >
        <Button size="small" type="dashed" icon={<PlusOutlined />}>
          {t("calendar.beside.add")}
        </Button>
      </Popover>
    </div>
  );
}
