import { pass, skip, some, warn, type Check } from './check.ts';
import { counted } from '../shared/counted.ts';

/** A group without a position on the target begins there where its client says: at the end, that skips records (hazard H6). */
export const groupsHaveOffsets: Check = {
  id: 'groups-have-offsets',
  title: 'every consumer group has a position on the target',
  run: ({ details, to, active }) => {
    if (active === to) return pass(`${to} is active already`);
    const groups = details?.groups;
    if (groups === undefined) return skip('nothing replicates in this direction');
    if (!groups.ok) return warn(`the groups cannot be read: ${groups.why}`, 'look at both clusters with `gwctl status`');
    const { groups: all, positions, missing, unread } = groups.value;
    if (unread.length > 0) return warn(`${counted(unread.length, 'group')} cannot be read: ${some(unread.map(({ group, why }) => `${group}: ${why}`))}`, 'a planned switch leaves their positions as MirrorMaker has them: look at their coordinator');
    if (all.size === 0) return pass('there is no group');
    if (missing.length === 0) return pass(`${counted(all.size, 'group')}, ${counted(positions, 'position')}, all of them on ${to}, too`);
    const names = missing.map(({ group, topic, partition }) => `${group} in ${topic}-${partition}`);
    return warn(`${missing.length} of ${counted(positions, 'position')} of groups are not on ${to}: ${some(names)}`, 'a planned switch writes them; `gwctl groups --apply` writes them now, for the day on which the source is dead');
  },
};
