/** An agent's id from a name: `Zoë Müller` becomes `zoe_muller`. Empty where the name holds no letter. */
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
