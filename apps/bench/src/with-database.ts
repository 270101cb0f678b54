const CONNECTION_STRING = /^(?<hosts>mongodb(?:\+srv)?:\/\/[^/?]+)\/?(?<database>[^?]*)\??(?<options>.*)$/;

/**
 * The connection string with another database; its user stays known where it was. Node's URL would not do:
 * it takes one host only.
 */
export function withDatabase(uri: string, name: string): string {
  const { hosts = uri, database, options } = CONNECTION_STRING.exec(uri)?.groups ?? {};
  const parameters = new URLSearchParams(options);
  if (hosts.includes('@') && !parameters.has('authSource')) {
    parameters.set('authSource', database || 'admin');
  }
  return `${hosts}/${name}?${parameters.toString()}`;
}
