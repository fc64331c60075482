import { Suspense } from "react";
import { useAppearance } from "./appearance";
import { lazyPart } from "./lazy-part";
import { tagColors } from "./theme";

interface ObjectIconProps {
  icon: string | null | undefined;
  /** Given by menus, which keep room between an icon and its words by it. */
  className?: string;
}

const LaterIcon = lazyPart(async () => {
  const [{ laterIcons }, { fallbackIcon }] = await Promise.all([
    import("./later-icon-set"),
    import("./object-icon-set"),
  ]);
  return {
    default: function LaterIcon({ icon, className }: ObjectIconProps) {
      const Icon = (icon && laterIcons[icon]) || fallbackIcon;
      return <Icon {...(className ? { className } : {})} />;
    },
  };
});

/** Fifty drawings are not worth waiting for: the page comes first, in the same shape, and the icons right after. */
const IconOfSet = lazyPart(async () => {
  const { objectIcons, fallbackIcon } = await import("./object-icon-set");
  return {
    default: function IconOfSet({ icon, className }: ObjectIconProps) {
      const known = icon ? objectIcons[icon] : fallbackIcon;
      if (!known) return <LaterIcon icon={icon} {...(className ? { className } : {})} />;
      const Icon = known;
      return <Icon {...(className ? { className } : {})} />;
    },
  };
});

/** The bare icon of an object; a neutral one where the definition names none we have. */
export function ObjectIcon({ icon, className = "" }: ObjectIconProps) {
  return (
    <Suspense fallback={<span className={`anticon gx-icon-space ${className}`} aria-hidden />}>
      <IconOfSet icon={icon} className={className} />
    </Suspense>
  );
}

/** The icon on a soft tile in the object's colour, for page headers and search results. */
export function ObjectTile({ icon, color, size = 32 }: { icon: string | null; color: string | null; size?: number }) {
  const { scheme } = useAppearance();
  return (
    <span
      className="gx-tile"
      aria-hidden
      style={{ ...tagColors(color ?? "teal", scheme), width: size, height: size, fontSize: size / 2 }}
    >
      <ObjectIcon icon={icon} />
    </span>
  );
}
