// For mongosh: makes the replica set and Baton's two users. The server may read and write; only the migration may change
// validators and indexes. The same roles serve any other replica set.
const host = process.env.MONGODB_HOST ?? 'mongodb:27017';
const secrets = process.env.SECRETS ?? '/run/secrets';
const read = (name) => require('node:fs').readFileSync(`${secrets}/${name}`, 'utf8').trim();
const credentials = `root:${encodeURIComponent(read('mongodb_root_password'))}`;
const uri = `mongodb://${credentials}@${host}/admin?directConnection=true&serverSelectionTimeoutMS=2000`;
const deadline = Date.now() + 120_000;

/** mongod makes its first user before it listens to others. */
function connectOnceItIsThere() {
  for (;;) {
    try {
      return connect(uri);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      sleep(500);
    }
  }
}

const admin = connectOnceItIsThere();
try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch {
  admin.adminCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host }] } });
}
while (!admin.hello().isWritablePrimary) sleep(200);
const users = {
  baton: [{ role: 'readWrite', db: 'baton' }],
  baton_migrate: [
    { role: 'readWrite', db: 'baton' },
    { role: 'dbAdmin', db: 'baton' },
  ],
};
for (const [user, roles] of Object.entries(users)) {
  const settings = { pwd: read(`${user}_password`), roles };
  if (admin.getUser(user) === null) admin.createUser({ user, ...settings });
  else admin.updateUser(user, settings);
}
