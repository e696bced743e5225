import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A port of the broker with TLS and a user, by SCRAM-SHA-512 or PLAIN. */
export interface SecureListener {
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** PKCS 12, under the same password. */
  readonly keyStore: string;
  /** PEM of the certificate, which signs itself. */
  readonly caFile: string;
}

/** Makes a certificate for 127.0.0.1, by Java's own keytool. */
export async function makeSecureListener(dir: string, port: number): Promise<SecureListener> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const [keyStore, caFile] = [join(dir, 'broker.p12'), join(dir, 'broker.pem')];
  const password = 'for tests/only';
  const store = ['-alias', 'broker', '-keystore', keyStore, '-storepass', password];
  const made = ['-keyalg', 'EC', '-dname', 'CN=broker', '-ext', 'san=ip:127.0.0.1', '-validity', '30'];
  await run('keytool', ['-genkeypair', '-storetype', 'PKCS12', ...store, ...made]);
  await run('keytool', ['-exportcert', '-rfc', '-file', caFile, ...store]);
  return { port, username: 'tacit', password, keyStore, caFile };
}

const mechanism = 'SCRAM-SHA-512';

/** What the broker's settings say about it. */
export function secureProperties({ username, password, keyStore }: SecureListener): Record<string, string> {
  const of = 'listener.name.secure.';
  const modules = 'org.apache.kafka.common.security';
  return {
    [`${of}ssl.keystore.location`]: keyStore,
    [`${of}ssl.keystore.type`]: 'PKCS12',
    [`${of}ssl.keystore.password`]: password,
    [`${of}sasl.enabled.mechanisms`]: `PLAIN,${mechanism}`,
    [`${of}plain.sasl.jaas.config`]: `${modules}.plain.PlainLoginModule required user_${username}="${password}";`,
    [`${of}scram-sha-512.sasl.jaas.config`]: `${modules}.scram.ScramLoginModule required;`,
  };
}

/** What the storage of the broker is formatted with, so that it knows the user. */
export const scramUser = ({ username, password }: SecureListener) => [
  '--add-scram',
  `${mechanism}=[name=${username},password=${password}]`,
];
