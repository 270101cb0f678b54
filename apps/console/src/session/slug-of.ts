/** `Zoë Müller` becomes `zoe_muller`; empty where the name has no Latin letter. */
export function slugOf(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+/, '')
    .slice(0, 64)
    .replace(/_+$/, '');
}
