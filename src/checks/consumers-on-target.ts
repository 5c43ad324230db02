import { pass, skip, some, warn, type Check } from './check.ts';
import { counted } from '../shared/counted.ts';

/** They read past the gateway. A broker takes no position from outside for a group that has members (hazard H6). */
export const consumersOnTarget: Check = {
  id: 'consumers-on-target',
  title: 'no consumer group has members on the target',
  run: ({ details, to, active }) => {
    if (active === to) return pass(`${to} is active already: its groups are meant to be there`);
    const target = details?.clusters.get(to);
    if (target?.ok !== true) return skip(`${to} cannot be read`);
    const { activeGroups } = target.value;
    if (activeGroups.length === 0) return pass(`no group has members on ${to}`);
    const same = details?.groups?.ok === true ? activeGroups.filter((group) => details.groups?.ok === true && details.groups.value.groups.has(group)) : [];
    const both = same.length === 0 ? '' : `; ${some(same)} also on ${active ?? '?'}: their positions cannot be written`;
    return warn(`${counted(activeGroups.length, 'group')} ${activeGroups.length === 1 ? 'has' : 'have'} members on ${to}: ${some(activeGroups)}${both}`, `these consumers bypass the gateway, and after a switch compete with those that come through it: stop them, or give them groups of their own`);
  },
};
