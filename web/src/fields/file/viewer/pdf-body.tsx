import { ZoomInOutlined, ZoomOutOutlined } from "@ant-design/icons";
import { Alert, Button } from "antd";
import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy } from "pdfjs-dist";
import workerAddress from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { PageSkeleton } from "@/ui/page-skeleton";

GlobalWorkerOptions.workerSrc = workerAddress;

/** Most pages that get a place; the rest is for a program that is made for reading. */
const MOST_PAGES = 300;
const LEAST = 0.5;
const MOST = 3;

/** Opens a document: drawn by us on a canvas, without its scripts and forms. */
function open(src: string) {
  return getDocument({
    url: src,
    withCredentials: true,
    enableXfa: false,
    useWasm: false,
    cMapUrl: "/pdf/cmaps/",
    cMapPacked: true,
    wasmUrl: "/pdf/wasm/",
    disableAutoFetch: true,
  });
}

/** The pages of a PDF, below each other; each is drawn when it comes near. */
export function PdfBody({ src, name }: { src: string; name: string }) {
  const { t } = useTranslation();
  const [document, setDocument] = useState<PDFDocumentProxy | null>(null);
  const [failed, setFailed] = useState<"password" | "broken" | null>(null);
  const [zoom, setZoom] = useState(1);
  useEffect(() => {
    const task = open(src);
    task.promise.then(setDocument, (error: unknown) => {
      setFailed(error instanceof Error && error.name === "PasswordException" ? "password" : "broken");
    });
    return () => void task.destroy();
  }, [src]);
  if (failed) return <Alert type="info" showIcon title={t(failed === "password" ? "files.locked" : "files.broken")} />;
  if (!document) return <PageSkeleton rows={8} />;
  const count = Math.min(document.numPages, MOST_PAGES);
  return (
    <div className="gx-viewer-pdf">
      <section
        className="gx-viewer-scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
        aria-label={name}
      >
        {Array.from({ length: count }, (_, index) => index + 1).map((number) => (
          <PdfPage key={number} document={document} number={number} zoom={zoom} />
        ))}
        {document.numPages > count ? <p className="gx-muted">{t("files.cut")}</p> : null}
      </section>
      <div className="gx-viewer-zoom">
        <Button
          icon={<ZoomOutOutlined />}
          aria-label={t("files.smaller")}
          onClick={() => setZoom(Math.max(LEAST, zoom / 1.25))}
        />
        <span aria-live="polite">{t("files.pages", { count: document.numPages })}</span>
        <Button
          icon={<ZoomInOutlined />}
          aria-label={t("files.larger")}
          onClick={() => setZoom(Math.min(MOST, zoom * 1.25))}
        />
      </div>
    </div>
  );
}

/** One page: its place at once, what is on it when it comes near; its words for those who do not see it. */
function PdfPage({ document, number, zoom }: { document: PDFDocumentProxy; number: number; zoom: number }) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [near, setNear] = useState(false);
  const [words, setWords] = useState("");
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new IntersectionObserver((entries) => setNear(entries.some((one) => one.isIntersecting)), {
      rootMargin: "600px",
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!near) return;
    let over = false;
    let cancel = () => {};
    void (async () => {
      const page = await document.getPage(number);
      const [element, target] = [place.current, canvas.current];
      if (over || !element || !target) return;
      const whole = page.getViewport({ scale: 1 });
      const width = element.clientWidth * zoom;
      const viewport = page.getViewport({ scale: (width / whole.width) * window.devicePixelRatio });
      target.width = viewport.width;
      target.height = viewport.height;
      target.style.width = `${width}px`;
      element.style.aspectRatio = "auto";
      const drawing = page.render({ canvas: target, viewport });
      cancel = () => drawing.cancel();
      await drawing.promise;
      const content = await page.getTextContent();
      if (!over) setWords(content.items.map((item) => ("str" in item ? item.str : "")).join(" "));
    })().catch(() => undefined);
    return () => {
      over = true;
      cancel();
    };
  }, [document, number, near, zoom]);
  return (
    <div ref={place} className="gx-viewer-page">
      <canvas ref={canvas} role="img" aria-label={t("files.page", { number })} />
      <p className="gx-visually-hidden">{words}</p>
    </div>
  );
}
