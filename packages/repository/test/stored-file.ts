import type { CreateFile, FileRecord, TenantId } from '@baton/schema';
import type { Store } from '../src/store.ts';

/** A file of a conversation with its content. */
export async function storeFile(
  store: Store,
  tenantId: TenantId,
  file: Omit<CreateFile, 'bytes'>,
  text = 'Hello',
): Promise<FileRecord> {
  const content = Buffer.from(text);
  const bytes = content.length;
  const { file: made, upload } = await store.files.create(tenantId, { ...file, bytes }, { kind: 'system' });
  const token = new URL(upload?.url ?? '', 'http://baton').searchParams.get('token') ?? '';
  const opened = await store.files.openUpload({ fileId: made.id, token });
  async function* pieces() {
    yield content;
  }
  return opened.store(pieces(), async () => ({ bytes, mimeType: 'text/plain' }));
}
