import { Image } from "antd";

/** A small picture that opens large; pages with pictures load the viewer, others do not. */
export function Picture({ src, name }: { src: string; name: string }) {
  return <Image className="gx-picture" src={src} alt={name} height={96} loading="lazy" />;
}
