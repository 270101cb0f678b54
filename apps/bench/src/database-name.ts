const CONNECTION_STRING = /^(?<hosts>mongodb(?:\+srv)?:\/\/[^/?]+)\/?(?<database>[^?]*)\??(?<options>.*)$/;

/**
 * The connection string with another database; the user is still authenticated by the first one. Node's URL
 * takes one host only.
 */
export function withDatabaseName(uri: string, name: string): string {
  const { hosts = uri, database, options } = CONNECTION_STRING.exec(uri)?.groups ?? {};
  const parameters = new URLSearchParams(options);
  if (hosts.includes('@') && !parameters.has('authSource')) {
    parameters.set('authSource', database || 'admin');
  }
  return `${hosts}/${name}?${parameters.toString()}`;
}
