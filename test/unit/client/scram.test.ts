import { expect, test } from 'vitest';
import type { SaslCredentials } from '../../../src/client/client-options.ts';
import { startScram } from '../../../src/client/scram.ts';

// The example conversation of RFC 7677, section 3.
const USER = { mechanism: 'SCRAM-SHA-256', username: 'user', password: 'pencil' } as const satisfies SaslCredentials;
const NONCE = 'rOprNGfwEbeRWgbNEkqO';
const SERVER_FIRST = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
const SERVER_FINAL = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';
const bytes = (text: string): Buffer => Buffer.from(text);

test('the conversation of the RFC', async () => {
  const scram = startScram(USER, NONCE);
  expect(scram.first.toString()).toBe(`n,,n=user,r=${NONCE}`);
  expect((await scram.final(bytes(SERVER_FIRST))).toString()).toBe(
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  );
  expect(() => scram.verify(bytes(SERVER_FINAL))).not.toThrow();
});

test('a server that does not know the password is not believed', async () => {
  const scram = startScram(USER, NONCE);
  await scram.final(bytes(SERVER_FIRST));
  expect(() => scram.verify(bytes(SERVER_FINAL.replace('6rri', '7rri')))).toThrow('the server could not prove that it knows the password of user');
  expect(() => scram.verify(bytes(''))).toThrow('could not prove');
  expect(() => startScram(USER, NONCE).verify(bytes(SERVER_FINAL))).toThrow('could not prove');
});

test('a refusal is the server\'s, and no secret is in it', async () => {
  const scram = startScram(USER, NONCE);
  await scram.final(bytes(SERVER_FIRST));
  expect(() => scram.verify(bytes('e=invalid-proof'))).toThrow('the server refuses the credentials of user: invalid-proof');
});

test.each([
  { name: 'another nonce', first: SERVER_FIRST.replace('rOpr', 'xOpr'), says: "nonce does not continue ours" },
  { name: 'only our nonce', first: `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`, says: 'nonce does not continue ours' },
  { name: 'no salt', first: SERVER_FIRST.replace(/,s=[^,]*/, ''), says: 'gave no salt' },
  { name: 'too few iterations', first: SERVER_FIRST.replace('4096', '4095'), says: 'asks for "4095" iterations (allowed: 4096 to 1000000)' },
  { name: 'too many iterations', first: SERVER_FIRST.replace('4096', '1000001'), says: 'asks for "1000001" iterations' },
])('a first answer with $name is refused', async ({ first, says }) => {
  await expect(startScram(USER, NONCE).final(bytes(first))).rejects.toThrow(says);
});

test('a name with commas and equal signs is escaped', () => {
  expect(startScram({ ...USER, username: 'a=b,c' }, NONCE).first.toString()).toBe(`n,,n=a=3Db=2Cc,r=${NONCE}`);
});
