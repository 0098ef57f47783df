// SPDX-License-Identifier: MIT
#include "kernel/uprobe.h"

#include <fmt/format.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <vector>

#include "kernel/uapi.h"

namespace spile::kernel {

constexpr int kEnotsupp = 524;  // of the kernel's own errno.h: the instruction cannot be probed

static std::uint64_t to_u64(const void* pointer) {
  return reinterpret_cast<std::uint64_t>(pointer);
}

static std::string explain_attach(int reason) {
  switch (reason) {
    case EINVAL:
      return "another tracer may hold this site with a different semaphore (bcc's trace does so; "
             "the "
             "kernel's log then says 'ref_ctr_offset mismatch'): end that tracer first";
    case ESRCH: return "the process has ended";
    case EPERM:
    case EACCES:
      return "run as root, or give CAP_BPF and CAP_PERFMON; kernels before 6.6 want CAP_SYS_ADMIN";
    case kEnotsupp: return "this kernel cannot put a breakpoint on that instruction";
    default: return "";
  }
}

Result<UniqueFd> attach_uprobe_multi(int program, const std::string& path,
                                     std::span<const MultiSite> sites, std::optional<NsPid> pid) {
  std::vector<std::uint64_t> offsets, semaphores;
  for (const MultiSite& site : sites) {
    offsets.push_back(site.offset.value);
    semaphores.push_back(site.semaphore.value_or(FileOffset{0}).value);
  }
  bool has_semaphores = std::ranges::any_of(semaphores, [](auto offset) { return offset != 0; });
  UprobeMultiAttr attr{};
  attr.prog_fd = static_cast<std::uint32_t>(program);
  attr.attach_type = kAttachTraceUprobeMulti;
  attr.path = to_u64(path.c_str());
  attr.offsets = to_u64(offsets.data());
  attr.ref_ctr_offsets = has_semaphores ? to_u64(semaphores.data()) : 0;
  attr.count = static_cast<std::uint32_t>(sites.size());
  attr.pid = static_cast<std::uint32_t>(pid.value_or(NsPid{0}).value);
  long fd = ::syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
  if (fd >= 0) return UniqueFd(static_cast<int>(fd));
  int reason = errno;
  return fail_errno(fmt::format("attach to {} site{}", sites.size(), sites.size() == 1 ? "" : "s"),
                    reason, explain_attach(reason));
}

static Result<std::uint32_t> read_pmu_type() {
  const char* path = "/sys/bus/event_source/devices/uprobe/type";
  std::ifstream file(path);
  std::uint32_t type = 0;
  if (file >> type) return type;
  return fail(Errc::kUnsupported,
              fmt::format("read {}: the kernel's uprobe PMU is not there", path),
              "needs Linux 4.17+ with CONFIG_UPROBE_EVENTS and a mounted sysfs, or Linux 6.6+");
}

Result<UniqueFd> attach_perf_uprobe(int program, const std::string& path, const MultiSite& site) {
  constexpr int kSemaphoreShift = 32;  // format/ref_ctr_offset is config:32-63
  perf_event_attr attr{};
  attr.type = SPILE_TRY(read_pmu_type());
  attr.size = sizeof(attr);
  attr.config = site.semaphore.value_or(FileOffset{0}).value << kSemaphoreShift;
  attr.config1 = to_u64(path.c_str());
  attr.config2 = site.offset.value;
  std::string what = fmt::format("attach to the site at file offset {:#x}", site.offset.value);
  // CPU 0 names the event's home; the program runs on every CPU (perf_event_attach_bpf_prog).
  long fd = ::syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
  if (fd < 0) {
    int reason = errno;
    return fail_errno(what, reason, explain_attach(reason));
  }
  UniqueFd event(static_cast<int>(fd));
  if (::ioctl(event.get(), PERF_EVENT_IOC_SET_BPF, program) != 0 ||
      ::ioctl(event.get(), PERF_EVENT_IOC_ENABLE, 0) != 0) {
    return fail_errno(what, errno);
  }
  return event;
}

}  // namespace spile::kernel
