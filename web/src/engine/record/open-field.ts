import { scrollBehavior } from "@/ui/use-media";

const PATIENCE_MS = 2_000;

/** Calls what is said of a field that is drawn soon; `otherwise` where it does not come. */
function whenThere(find: () => HTMLElement | null, then: (element: HTMLElement) => void, otherwise: () => void): void {
  const until = Date.now() + PATIENCE_MS;
  const look = () => {
    const found = find();
    if (found) then(found);
    else if (Date.now() < until) requestAnimationFrame(look);
    else otherwise();
  };
  look();
}

/** Opens a field of the record's page where it stands, as if its pencil had been pressed; `otherwise` where it stands nowhere. */
export function openField(name: string, otherwise: () => void): void {
  const selector = `[data-inline="${CSS.escape(name)}"]`;
  whenThere(
    () =>
      document.querySelector<HTMLElement>(`.gx-overview ${selector}`) ?? document.querySelector<HTMLElement>(selector),
    (element) => {
      element.scrollIntoView({ block: "center", behavior: scrollBehavior() });
      const pencil = element.querySelector<HTMLElement>(".gx-inline-pencil");
      if (pencil) pencil.click();
      else if (!element.querySelector(".gx-inline-editor")) otherwise();
    },
    otherwise,
  );
}
