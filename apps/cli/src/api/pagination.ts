import { PAGE_LIMIT } from '@baton/schema';

type Page<Item> = { items: Item[]; nextCursor: string | null };

export async function* allItems<Item>(
  read: (page: { limit: number; cursor?: string }) => Promise<Page<Item>>,
): AsyncGenerator<Item, void> {
  let cursor: string | undefined;
  do {
    const page = await read({ limit: PAGE_LIMIT, cursor });
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** The first `limit` items of a list, with what its last page says beside them, such as the cursor of the next. */
export async function firstItems<Item, Answer extends Page<Item>>(
  limit: number,
  read: (page: { limit: number; cursor?: string }) => Promise<Answer & Page<Item>>,
): Promise<Answer> {
  const items: Item[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await read({ limit: Math.min(PAGE_LIMIT, limit - items.length), cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
    if (cursor === undefined || items.length >= limit) return { ...page, items };
  }
}
