// Writes the secrets that `compose.yaml` names into the folder `secrets`; those that are there stay.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = process.argv[2] ?? 'secrets';
const host = 'mongodb:27017';

async function secret(name: string, make: () => string): Promise<string> {
  const file = join(folder, name);
  // The containers' users are others than yours, so the folder keeps people out and the files do not.
  if (!existsSync(file)) await writeFile(file, make(), { mode: 0o644 });
  return readFile(file, 'utf8');
}

await mkdir(folder, { recursive: true, mode: 0o700 });
const password = () => randomBytes(24).toString('base64url');
await secret('mongodb_key', () => randomBytes(512).toString('base64'));
await secret('mongodb_root_password', password);
for (const user of ['baton', 'baton_migrate']) {
  const own = await secret(`${user}_password`, password);
  await secret(`${user}_uri`, () => `mongodb://${user}:${own}@${host}/baton?replicaSet=rs0&authSource=admin`);
}
