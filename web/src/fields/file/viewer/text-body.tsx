import { useQuery } from "@tanstack/react-query";
import { Alert, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FilePreview, filePreviewOptions } from "@/api/files";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";

/** What a text, a table or a presentation says, as the server read it. */
export function TextBody({ id, version }: { id: string; version: number }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [sheet, setSheet] = useState<string>();
  const preview = useQuery(filePreviewOptions(id, version, sheet));
  if (preview.error) return <Alert type="info" showIcon title={errorText(preview.error)} />;
  if (!preview.data) return <PageSkeleton rows={8} />;
  const { data } = preview;
  return (
    <>
      {data.kind === "table" && data.sheets.length > 1 ? (
        <Segmented
          className="gx-viewer-sheets"
          value={sheet ?? data.sheet ?? ""}
          onChange={setSheet}
          options={data.sheets}
          aria-label={t("files.sheet")}
        />
      ) : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <div className="gx-viewer-scroll" tabIndex={0}>
        <Said preview={data} />
        {data.cut ? <p className="gx-muted">{t("files.cut")}</p> : null}
      </div>
    </>
  );
}

function Said({ preview }: { preview: FilePreview }) {
  if (preview.kind === "text") return <pre className="gx-viewer-text">{preview.text}</pre>;
  if (preview.kind === "table") return <Table rows={preview.rows} />;
  return <Blocks blocks={preview.blocks} />;
}

/** Rows with what is their place as a key: nothing of them changes. */
const numbered = <Item,>(items: Item[]) => items.map((item, place) => ({ item, place }));

function Table({ rows }: { rows: string[][] }) {
  const [head, ...rest] = rows;
  return (
    <table className="gx-viewer-table">
      <thead>
        <tr>
          {numbered(head ?? []).map(({ item, place }) => (
            <th key={place} scope="col">
              {item}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {numbered(rest).map(({ item: row, place }) => (
          <tr key={place}>
            {numbered(row).map(({ item, place: column }) => (
              <td key={column}>{item}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type Block = Extract<FilePreview, { kind: "document" }>["blocks"][number];
/** Rows that follow each other are one table. */
type Piece = { kind: "rows"; rows: string[][] } | Exclude<Block, { kind: "row" }>;

function piecesOf(blocks: Block[]): Piece[] {
  const pieces: Piece[] = [];
  for (const block of blocks) {
    const last = pieces.at(-1);
    if (block.kind !== "row") pieces.push(block);
    else if (last?.kind === "rows") last.rows.push(block.cells);
    else pieces.push({ kind: "rows", rows: [block.cells] });
  }
  return pieces;
}

function Blocks({ blocks }: { blocks: Block[] }) {
  const { t } = useTranslation();
  return (
    <article className="gx-viewer-document">
      {numbered(piecesOf(blocks)).map(({ item: piece, place }) => {
        if (piece.kind === "rows") return <Table key={place} rows={piece.rows} />;
        if (piece.kind === "slide") {
          return (
            <p key={place} className="gx-viewer-slide">
              {t("files.slide", { number: piece.number })}
            </p>
          );
        }
        if (piece.kind === "heading") {
          return (
            <h3 key={place} data-level={piece.level}>
              {piece.text}
            </h3>
          );
        }
        return <p key={place}>{piece.text}</p>;
      })}
    </article>
  );
}
