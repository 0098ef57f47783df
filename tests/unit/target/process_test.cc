// SPDX-License-Identifier: MIT
#include "target/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

using namespace spile;
using namespace spile::target;

namespace {

Process self() { return Process::open(NsPid{::getpid()}).value(); }

// A file that is mapped executable as long as this lives.
struct Mapped {
  explicit Mapped(int fd) : fd(fd) {
    EXPECT_EQ(::ftruncate(fd, 4096), 0);
    address = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    EXPECT_NE(address, MAP_FAILED);
  }
  ~Mapped() { ::munmap(address, 4096); }
  Mapping find() const {
    std::vector<Mapping> mappings = self().read_mappings().value();
    for (const Mapping& mapping : mappings) {
      if (mapping.start.value == reinterpret_cast<std::uint64_t>(address)) return mapping;
    }
    ADD_FAILURE() << "not mapped";
    return {};
  }
  FileId id() const {
    struct stat info{};
    EXPECT_EQ(::fstat(fd, &info), 0);
    return {info.st_dev, info.st_ino};
  }
  int fd;
  void* address;
};

}  // namespace

TEST(Process, OpensItself) {
  Process process = self();
  EXPECT_FALSE(process.exited());
  EXPECT_FALSE(process.read_comm().value().empty());
  MappedFiles mapped = open_mapped_files(process).value();
  EXPECT_TRUE(std::any_of(mapped.files.begin(), mapped.files.end(), [](const auto& entry) {
    return entry.file->name().ends_with("spile_unit_tests");
  }));
}

TEST(Process, FollowsAMemfd) {
  UniqueFd fd(::memfd_create("probes", MFD_CLOEXEC));
  Mapped mapped(fd.get());
  Mapping mapping = mapped.find();
  EXPECT_EQ(mapping.path, "/memfd:probes");
  Result<std::shared_ptr<const File>> file = self().open_mapped(mapping);
  ASSERT_TRUE(file) << file.error().what;
  EXPECT_EQ((*file)->id(), mapped.id());
  EXPECT_EQ((*file)->name(), "/memfd:probes (deleted)");
}

TEST(Process, TellsAReplacedFileFromTheMappedOne) {
  std::string path = "/tmp/spile-process-test-" + std::to_string(::getpid());
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0700));
  Mapped mapped(fd.get());
  Mapping mapping = mapped.find();
  ASSERT_EQ(::unlink(path.c_str()), 0);
  UniqueFd other(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0700));
  Result<std::shared_ptr<const File>> file = self().open_mapped(mapping);
  ASSERT_TRUE(file) << file.error().what;  // through map_files or the descriptor
  EXPECT_EQ((*file)->id(), mapped.id());
  ::unlink(path.c_str());
}

TEST(Process, SaysWhatIsWrongWithAPid) {
  EXPECT_EQ(Process::open(NsPid{0}).error().code, Errc::kNotFound);
  EXPECT_EQ(Process::open(NsPid{-4}).error().code, Errc::kNotFound);
  Result<Process> absent = Process::open(NsPid{0x3fffffff});
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Errc::kNotFound);
  EXPECT_NE(absent.error().what.find("no such process"), std::string::npos);
}

TEST(Process, NamesTheProcessOfAThread) {
  std::string message;
  std::thread thread([&] {
    Result<Process> process = Process::open(NsPid{::gettid()});
    if (!process) message = process.error().what + " " + process.error().hint;
  });
  thread.join();
  EXPECT_NE(message.find("is a thread of process " + std::to_string(::getpid())), std::string::npos)
      << message;
}

TEST(Process, ListsThisOne) {
  std::vector<NsPid> pids = list_pids().value();
  EXPECT_TRUE(std::is_sorted(pids.begin(), pids.end()));
  EXPECT_TRUE(std::binary_search(pids.begin(), pids.end(), NsPid{::getpid()}));
}

TEST(File, RefusesWhatIsNoRegularFile) {
  std::string fifo = "/tmp/spile-fifo-test-" + std::to_string(::getpid());
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0700), 0);
  struct {
    std::string path;
    const char* mentions;
  } cases[] = {{fifo, "FIFO"}, {"/dev/null", "device"}, {"/tmp", "directory"}};
  for (const auto& each : cases) {
    Result<std::shared_ptr<const File>> file = File::open(each.path);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, Errc::kBadInput);
    EXPECT_NE(file.error().what.find(each.mentions), std::string::npos) << file.error().what;
  }
  ::unlink(fifo.c_str());
  EXPECT_EQ(File::open("/nonexistent/file").error().code, Errc::kNotFound);
}
