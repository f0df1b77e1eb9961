import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';

/** The cluster's only node. */
export const nodeName = 'node1';

/**
 * Writes `slurm.conf`, and the key and folders that it names: one node with the requested number of CPUs, no cgroups,
 * no accounting (`sacct` prints nothing).
 * @param {string} folder
 * @param {{ cpus: number, maxArraySize: number }} size
 */
export async function writeSlurmConf(folder, { cpus, maxArraySize }) {
  for (const name of ['munge', 'state', 'spool']) mkdirSync(join(folder, name));
  chmodSync(folder, 0o755); // for munge's clients
  writeFileSync(join(folder, 'munge', 'key-file'), randomBytes(1024), { mode: 0o400 });
  const user = userInfo().username;
  const [controllerPort, nodePort] = await freePorts(2);
  writeFileSync(
    join(folder, 'slurm.conf'),
    `ClusterName=dgprompt
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
SlurmUser=${user}
SlurmdUser=${user}
AuthInfo=socket=${join(folder, 'munge', 'socket')}
StateSaveLocation=${join(folder, 'state')}
SlurmdSpoolDir=${join(folder, 'spool')}
SlurmctldPidFile=${join(folder, 'slurmctld.pid')}
SlurmdPidFile=${join(folder, 'slurmd.pid')}
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SlurmdTimeout=10
ReturnToService=2
MaxArraySize=${maxArraySize}
NodeName=${nodeName} NodeHostname=${hostname().split('.')[0]} NodeAddr=127.0.0.1 CPUs=${cpus} State=UNKNOWN
PartitionName=test Nodes=${nodeName} Default=YES MaxTime=INFINITE State=UP
`,
  );
}

/** Free ports. */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = [];
  for (const server of servers) {
    await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    ports.push(server.address().port);
  }
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}
