// The part of docs/openapi.json that the web app is made from: the routes of any object and those of none. What each object
// has for itself is left out, because the web app draws it from metadata; so a new field does not change the client.

/** Whether a path names one object or one action. */
function namesOne(path) {
  const pieces = path.split("/");
  return pieces.some((piece, at) => at > 0 && /^(records|actions)$/.test(pieces[at - 1]) && !piece.startsWith("{"));
}

/** An operation with its successes, and one answer for all that can go wrong: every refusal is a Problem. */
function withoutRefusals(operation) {
  const told = Object.entries(operation.responses).filter(
    ([status]) => /^(2|101$)/.test(status) || status === "default",
  );
  return { ...operation, responses: Object.fromEntries(told) };
}

function references(json, found = new Set()) {
  if (Array.isArray(json)) {
    for (const item of json) references(item, found);
  } else if (json && typeof json === "object") {
    if (typeof json.$ref === "string") found.add(json.$ref);
    for (const value of Object.values(json)) references(value, found);
  }
  return found;
}

/** The document without what the web app does not use. */
export function partOf(document) {
  const paths = {};
  for (const [path, item] of Object.entries(document.paths)) {
    if (namesOne(path)) continue;
    paths[path] = Object.fromEntries(Object.entries(item).map(([method, it]) => [method, withoutRefusals(it)]));
  }
  // What no operation names: the events of the stream, and values that stand in records.
  const named = ["Event", "Money", "PersonName", "Address", "Geo", "FileValue"];
  const wanted = new Set(named.map((name) => `#/components/schemas/${name}`));
  const components = {};
  for (let left = references(paths, wanted); left.size > 0; ) {
    const next = new Set();
    for (const reference of left) {
      const [kind, name] = reference.replace("#/components/", "").split("/");
      components[kind] ??= {};
      if (name in components[kind]) continue;
      components[kind][name] = document.components[kind][name];
      for (const one of references(components[kind][name])) next.add(one);
    }
    left = next;
  }
  const sorted = Object.fromEntries(
    Object.entries(components).map(([kind, all]) => [kind, Object.fromEntries(Object.entries(all).sort())]),
  );
  return { openapi: document.openapi, info: document.info, paths, components: sorted };
}
