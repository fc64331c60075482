/** Only paths of this app are followed after signing in, never another site's address. */
export function safeReturn(path: string | undefined): string {
  return path && /^\/(?![/\\])/.test(path) && !path.startsWith("/login") ? path : "/home";
}
