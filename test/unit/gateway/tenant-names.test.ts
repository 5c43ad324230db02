import { describe, expect, test } from 'vitest';
import { refuseVirtualCluster, TenantNames } from '../../../src/gateway/tenants/tenant-names.ts';

function tenant(): TenantNames {
  const names = new TenantNames('teamA');
  names.setAliases([
    { virtual: 'legacy', physical: 'old.topic' },
    { virtual: 'users', physical: 'teamAusers' },
  ]);
  return names;
}

describe('topics', () => {
  test.each([
    { virtual: 'users', physical: 'teamAusers' },
    { virtual: 'legacy', physical: 'old.topic' },
    { virtual: 'teamA', physical: 'teamAteamA' },
    { virtual: '', physical: '' },
  ])('$virtual is stored as $physical, both ways', ({ virtual, physical }) => {
    expect(tenant().topicToPhysical(virtual)).toBe(physical);
    expect(tenant().topicToVirtual(physical)).toBe(virtual);
  });

  test.each([
    { physical: 'teamBusers', why: 'another tenant' },
    { physical: '_topicMappings', why: 'internal' },
    { physical: 'teamA', why: 'a name that is nothing but the prefix' },
    { physical: 'teamAlegacy', why: 'hidden by an alias of the same virtual name' },
  ])('$physical is not seen: $why', ({ physical }) => {
    expect(tenant().topicToVirtual(physical)).toBeUndefined();
  });

  test('names grow by the same number of bytes only while no alias differs from the rule', () => {
    expect(tenant().uniformGrowth).toBeUndefined();
    const names = new TenantNames('teamA');
    names.setAliases([{ virtual: 'users', physical: 'teamAusers' }]);
    expect(names.uniformGrowth).toBe(5);
    names.growsUnevenly();
    expect(names.uniformGrowth).toBeUndefined();
  });
});

test('error texts of a broker show no physical name', () => {
  expect(tenant().scrub("Topic 'teamAusers' already exists, and old.topic too")).toBe("Topic 'users' already exists, and legacy too");
});

describe('no virtual cluster is a prefix of another (D11)', () => {
  test.each([
    { name: 'team', others: ['teamA'], why: /is a prefix of "teamA"/ },
    { name: 'teamAB', others: ['x', 'teamA'], why: /"teamA" is a prefix of "teamAB"/ },
    { name: 'team.a', others: ['team_a'], why: /"team.a" is "team_a" but for "." and "_"/ },
    { name: 'team_a', others: ['team.a.b'], why: /"team_a" is a prefix of "team.a.b"/ },
    { name: '', others: [], why: /is not a virtual cluster name/ },
    { name: '_gwctl', others: [], why: /is not a virtual cluster name/ },
    { name: 'a b', others: [], why: /is not a virtual cluster name/ },
    { name: 'x'.repeat(101), others: [], why: /is not a virtual cluster name/ },
  ])('"$name" beside $others is refused', ({ name, others, why }) => {
    expect(refuseVirtualCluster(name, others)).toMatch(why);
  });

  test.each([
    { name: 'teamA', others: ['teamB', 'teamA'] },
    { name: 'x'.repeat(100), others: [] },
  ])('"$name" beside $others is fine', ({ name, others }) => {
    expect(refuseVirtualCluster(name, others)).toBeUndefined();
  });
});
