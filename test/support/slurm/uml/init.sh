#!/bin/bash
# The first process of a machine within this machine: a kernel of its own whose root is this machine's `/`, in it an NFS
# server and three hosts that mount what it gives away, each as a client of its own: login, n1, n2. Slurm's controller runs
# on the server, a slurmd on n1 and n2. Then the test's script runs on the server, with what it needs to act on the hosts.
#
# The root is writable: nothing may write outside of /run, /tmp and other places that are mounted over below.
# From the kernel's command line: PLACE (the run's folder), PROGRAMS (folder of the executable), NFS (3 or 4.2).

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export SHARED=/run/shared LEAVE=/run/place/left PIPE=/run/programs/pipe SLURM_CONF=/run/slurm/slurm.conf
export HOME=/run/home USER=root LOGNAME=root LANG=C.UTF-8
declare -A pid_of
server=10.77.0.254

say() { echo "=== $* ($(cut -d. -f1 /proc/uptime) s)"; }
fail() {
  say "failed: $*"
  end
}
end() {
  sync
  echo o > /proc/sysrq-trigger
  sleep 60
}
# wait_for WHAT COMMAND…: until the command succeeds; gives up after a minute.
wait_for() {
  local what=$1 tries=600
  shift
  until "$@" > /dev/null 2>&1; do
    ((tries-- > 0)) || fail "$what"
    sleep 0.1
  done
}

filesystems() {
  mount -t proc proc /proc
  mount -t sysfs sys /sys
  mount -t tmpfs tmp /run
  mkdir -p /run/{place,programs,home,shared,exported,netns,rpcbind,munge,slurm/{log,run,state}}
  # Before their folders are hidden: both may lie below /tmp.
  mount --bind "$PLACE" /run/place
  mount --bind "$PROGRAMS" /run/programs
  for module in nfsd nfsv3 nfsv4 veth bridge; do modprobe -d /run/place $module || fail "module $module"; done
  mkdir -p /dev/shm
  for folder in /tmp /var/tmp /var/log /var/lib/nfs /dev/shm; do mount -t tmpfs tmp $folder; done
  mkdir -p /var/lib/nfs/{rpc_pipefs,v4recovery,v4root,sm,sm.bak}
  touch /var/lib/nfs/{etab,rmtab}
  mount -t nfsd nfsd /proc/fs/nfsd
  mount -t rpc_pipefs rpc /var/lib/nfs/rpc_pipefs
  # tmpfs cannot be given away: clients need a change counter and lasting numbers of files.
  mount -t ext4 -o iversion /dev/ubda /run/exported || fail "the disk"
}

network() {
  hostname server
  # Names that are known at once, and nobody to ask for others: each question to a server that is not there takes seconds.
  printf '%s\n' "127.0.0.1 localhost" "$server server" "10.77.0.1 n1" "10.77.0.2 n2" "10.77.0.3 login" > /run/hosts
  mount --bind /run/hosts /etc/hosts
  mount --bind /dev/null /etc/resolv.conf
  ip link set lo up
  ip link add bridge0 type bridge
  ip address add $server/24 dev bridge0
  ip link set bridge0 up
}

nfs_server() {
  exportfs -i -o rw,no_root_squash,fsid=0,no_subtree_check,insecure '10.77.0.0/24:/run/exported'
  rpcbind
  rpc.mountd -p 20048 2> /dev/null
  # The shortest that there is; otherwise opening waits for 90 s after the server's start.
  echo 10 > /proc/fs/nfsd/nfsv4gracetime
  echo 10 > /proc/fs/nfsd/nfsv4leasetime
  rpc.nfsd --no-udp --nfs-version 3 --nfs-version 4 4 || fail "the NFS server"
  echo Y > /proc/fs/nfsd/v4_end_grace
}

# host NAME NUMBER: with network, host name and mounts of its own, held by a process that sleeps. A network of its own is
# what makes it a client of its own: two mounts in one network are one client to NFS 4, however they are mounted.
host() {
  local source options
  case $NFS in
    3) source=$server:/run/exported options=vers=3,nolock,mountport=20048,mountproto=tcp ;;
    *) source=$server:/ options=vers=$NFS ;;
  esac
  ip netns add "$1"
  ip link add "cable-$1" type veth peer name eth0 netns "$1"
  ip link set "cable-$1" master bridge0 up
  ip -n "$1" address add "10.77.0.$2/24" dev eth0
  ip -n "$1" link set eth0 up
  ip -n "$1" link set lo up
  nsenter --net="/run/netns/$1" unshare --uts --mount sh -c \
    "hostname $1; mount -t tmpfs tmp /tmp; mount -t nfs -o proto=tcp,port=2049,$options $source $SHARED; exec sleep infinity" &
  pid_of[$1]=$!
}

# on HOST COMMAND…: runs there what follows.
on() {
  local name=$1
  shift
  nsenter --target="${pid_of[$name]}" --mount --uts --net "$@"
}
# The cable of one host, to everything: the NFS server, the controller, the others.
cut_off() { ip link set "cable-$1" down; }
heal() { ip link set "cable-$1" up; }

slurm() {
  cp /run/place/{slurm,cgroup}.conf /run/slurm/
  mkdir /run/slurm/munge
  head -c 128 /dev/urandom > /run/slurm/munge/key
  chmod 400 /run/slurm/munge/key
  chown -R munge:munge /run/slurm/munge
  setpriv --reuid=munge --regid=munge --clear-groups munged --key-file=/run/slurm/munge/key \
    --socket=/run/slurm/munge/socket --pid-file=/run/slurm/munge/pid --seed-file=/run/slurm/munge/seed \
    --log-file=/run/slurm/munge/log || fail munge
  slurmctld || fail slurmctld
  wait_for "the controller answers" scontrol ping
  for node in n1 n2; do on $node slurmd -N $node || fail "slurmd on $node"; done
  wait_for "two nodes are idle" idle_nodes 2
}
idle_nodes() { [ "$(sinfo -h -N -o %T | grep -c '^idle$')" = "$1" ]; }

filesystems
network
nfs_server
host n1 1
host n2 2
host login 3
for name in n1 n2 login; do wait_for "$name has mounted" on $name mountpoint -q $SHARED; done
slurm
say "ready"
(. /run/place/script.sh) > /run/place/output 2>&1 < /dev/null
echo $? > /run/place/status
say "script ended"
end
