import type { Actor, CreatedFile, CreateFile, TenantId } from '@baton/schema';
import type { Collections } from '../schema/open-collections.ts';
import { createFile } from './create-file.ts';
import { type FileAddressInput, openDownload, openUpload } from './file-contents.ts';

/** What a store does with files beside reading them. `inTime` bounds how long a caller waits. */
export function openFiles(
  collections: Collections,
  inTime: <Result>(work: Promise<Result>) => Promise<Result>,
  maxBytes?: number,
) {
  return {
    create: (tenantId: TenantId, input: CreateFile, actor: Actor): Promise<CreatedFile> =>
      inTime(createFile(collections, tenantId, input, { actor, maxBytes })),
    openUpload: (input: FileAddressInput) => inTime(openUpload(collections, input)),
    openDownload: (input: FileAddressInput) => inTime(openDownload(collections, input)),
  };
}
