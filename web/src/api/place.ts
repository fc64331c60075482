/**
 * Where the pages of this company begin: `/w/ID` for one beside the main one, nothing for the main one. The same server
 * answers both with the same app, which goes on under the address it was opened at.
 */
export const placeOf = (pathname: string): string => /^\/w\/[a-z][a-z0-9_]{0,29}(?=\/|$)/.exec(pathname)?.[0] ?? "";

export const PLACE = placeOf(window.location.pathname);

/** The whole path of a page or a file of this company, for what goes round the router. */
export const pagePath = (path: string): string => `${PLACE}${path}`;
