import { AppstoreAddOutlined, DeleteOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type BrokenPack, type Pack, packsOptions } from "@/api/packs";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { ObjectTile } from "@/ui/object-icon";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SettingsFrame } from "../settings-frame";
import { ChangeList } from "./change-list";
import { countParts } from "./pack-changes";
import { PackDialog } from "./pack-dialog";
import "./packs.css";

/** Industry packs: what each adds, and installing, upgrading and removing them. */
export function SettingsPacksPage() {
  const { t } = useTranslation();
  const packs = useQuery(packsOptions);
  const [open, setOpen] = useState<{ pack: Pack; remove: boolean } | null>(null);
  const items = packs.data?.items ?? [];
  const broken = packs.data?.broken ?? [];
  return (
    <SettingsFrame title={t("shell.settingsPacks")} subtitle={t("packs.text")}>
      {packs.isPending ? <PageSkeleton rows={4} /> : null}
      {packs.error && !packs.data ? <ErrorState error={packs.error} onRetry={() => void packs.refetch()} /> : null}
      {packs.data && items.length === 0 && broken.length === 0 ? (
        <EmptyState icon={<AppstoreAddOutlined />} title={t("packs.none")} text={t("packs.noneText")} />
      ) : null}
      {broken.length > 0 ? <BrokenPacks broken={broken} /> : null}
      {items.length > 0 ? (
        <ul className="gx-packs">
          {items.map((pack) => (
            <li key={pack.name} className="gx-panel">
              <PackCard pack={pack} onOpen={(remove) => setOpen({ pack, remove })} />
            </li>
          ))}
        </ul>
      ) : null}
      {open ? <PackDialog {...open} onClose={() => setOpen(null)} /> : null}
    </SettingsFrame>
  );
}

const STATE_COLORS: Record<Pack["state"], string | undefined> = {
  available: undefined,
  installed: "green",
  upgradable: "gold",
  older: "orange",
  withdrawn: "orange",
};

function PackCard({ pack, onOpen }: { pack: Pack; onOpen: (remove: boolean) => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const name = label(pack.label);
  const { object, field, role } = countParts(pack.brings);
  const { installed, offered } = pack;
  const other = pack.state === "upgradable" || pack.state === "older";
  return (
    <article aria-label={name}>
      <header>
        <ObjectTile icon={pack.icon ?? null} color="teal" size={40} />
        <div>
          <h2>
            {name} <ColorTag color={STATE_COLORS[pack.state]}>{t(`packs.states.${pack.state}`)}</ColorTag>
          </h2>
          <small className="gx-muted">
            {installed
              ? t("packs.installedSince", { version: installed.version, date: formats.dateTime(installed.at) })
              : t("packs.version", { version: offered ?? "" })}
          </small>
        </div>
        <div className="gx-pack-tools">
          {installed ? (
            <Button
              type="text"
              danger
              icon={<DeleteOutlined />}
              onClick={() => onOpen(true)}
              aria-label={t("packs.title.remove", { pack: name })}
            >
              {t("packs.ok.remove")}
            </Button>
          ) : null}
          {!installed || other ? (
            <Button
              type="primary"
              onClick={() => onOpen(false)}
              aria-label={t(installed ? "packs.title.upgrade" : "packs.title.install", { pack: name })}
            >
              {installed ? t("packs.changeTo", { version: offered ?? "" }) : t("packs.ok.install")}
            </Button>
          ) : null}
        </div>
      </header>
      <p>{label(pack.help)}</p>
      <details className="gx-plan">
        <summary>{t("packs.brings", { objects: object, fields: field, roles: role })}</summary>
        <ChangeList changes={pack.brings} />
      </details>
    </article>
  );
}

/** Packs in the server's folder that cannot be used: for whoever wrote them. */
function BrokenPacks({ broken }: { broken: BrokenPack[] }) {
  const { t } = useTranslation();
  const label = useLabel();
  return (
    <Alert
      type="warning"
      showIcon
      className="gx-drawer-note"
      title={t("packs.broken")}
      description={
        <ul className="gx-broken-packs">
          {broken.map((it) => (
            <li key={it.folder}>
              <code>
                {it.folder}/{it.file}
              </code>{" "}
              {it.key ? <code>{it.key}</code> : null} {label(it.reason)}
            </li>
          ))}
        </ul>
      }
    />
  );
}
