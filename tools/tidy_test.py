"""One test for each rule of tidy.py: what it finds, and what it must leave alone."""

import os
import subprocess
import sys
import tempfile
import unittest

import tidy

ROOM = {"CMakeLists.txt": "add_subdirectory(libs/base)\n", "libs/base/README.md": "# base\n",
        "libs/base/CMakeLists.txt": "crm_library(base HDRS a.h SRCS a.cc a_test.cc)\n"}


def faults(files):
    """(rule, path, line) of a tree that holds `files` besides a room that is in order."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in {**ROOM, **files}.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        return [(fault.rule, fault.path, fault.line) for fault in tidy.check(root)]


def in_room(code):
    return [(rule, line) for rule, _, line in faults({"libs/base/a.cc": code})]


def layer(path, *included):
    """The refused ones of `included` in the file `path`."""
    text = "".join(f'#include "{name}"\n' for name in included)
    return [included[fault.line - 1] for fault in tidy.check_layers(path, text)]


class Layers(unittest.TestCase):
    def test_pure_rooms_see_no_power_and_no_other_service(self):
        self.assertEqual(layer("services/customer/domain/customer.cc", "grpcpp/grpcpp.h",
                               "rocksdb/db.h", "librdkafka/rdkafka.h", "thread", "chrono",
                               "fstream", "libs/base/clock.h", "services/sales-pipeline/service.h",
                               "libs/engine/partition.h", "crm/sales/v1/order.pb.h"),
                         ["grpcpp/grpcpp.h", "rocksdb/db.h", "librdkafka/rdkafka.h", "thread",
                          "chrono", "fstream", "libs/base/clock.h",
                          "services/sales-pipeline/service.h", "libs/engine/partition.h",
                          "crm/sales/v1/order.pb.h"])
        self.assertEqual(layer("services/customer/domain/customer.cc", "libs/base/status.h",
                               "libs/engine/model.h", "services/customer/domain/name.h", "string",
                               "crm/customer/v1/customer.pb.h", "absl/time/time.h"), [])

    def test_reading_and_reacting_rooms_see_other_services_events(self):
        for room in ("read", "react"):
            self.assertEqual(layer(f"services/customer/{room}/value.cc", "crm/sales/v1/order.pb.h",
                                   "libs/table/spec.h", "libs/table/database.h"),
                             ["libs/table/database.h"])

    def test_a_service_is_a_table_of_contents(self):
        self.assertEqual(layer("services/customer/service.cc", "libs/app/service.h",
                               "services/customer/read/tables.h", "grpcpp/grpcpp.h",
                               "libs/engine/partition.h", "mutex"),
                         ["grpcpp/grpcpp.h", "libs/engine/partition.h", "mutex"])

    def test_each_dependency_has_its_rooms(self):
        self.assertEqual(layer("libs/engine/a.cc", "grpcpp/grpcpp.h", "librdkafka/rdkafka.h",
                               "rocksdb/env.h", "libs/eventlog/event_log.h",
                               "libs/eventlog/kafka/kafka_log.h"),
                         ["grpcpp/grpcpp.h", "librdkafka/rdkafka.h",
                          "libs/eventlog/kafka/kafka_log.h"])
        self.assertEqual(layer("libs/rpc/a.cc", "grpcpp/grpcpp.h", "libs/engine/model.h",
                               "libs/table/spec.h"), ["libs/engine/model.h", "libs/table/spec.h"])
        self.assertEqual(layer("libs/eventlog/kafka/a.cc", "rocksdb/db.h", "librdkafka/rdkafka.h"),
                         ["rocksdb/db.h"])
        self.assertEqual(layer("libs/app/a.cc", "services/customer/service.h", "libs/rpc/a.h",
                               "libs/eventlog/kafka/kafka_log.h"), ["services/customer/service.h"])
        self.assertEqual(layer("services/suite/main.cc", "services/customer/service.h",
                               "services/customer/read/tables.h"),
                         ["services/customer/read/tables.h"])

    def test_tests_see_the_tools_of_testing_but_no_other_service(self):
        self.assertEqual(layer("services/customer/domain/customer_test.cc", "thread",
                               "libs/testing/decisions.h", "services/service-desk/service.h"),
                         ["services/service-desk/service.h"])

    def test_a_file_in_no_room_is_named(self):
        self.assertEqual(layer("libs/novel/a.cc", "string"), ["string"])


class Sizes(unittest.TestCase):
    def test_file_size(self):
        self.assertEqual(in_room("int a;\n" * 500), [])
        self.assertEqual(in_room("int a;\n" * 501), [("file-size", 501)])
        self.assertEqual(faults({"libs/base/a_test.cc": "int a;\n" * 800}), [])
        self.assertEqual(faults({"libs/base/a_test.cc": "int a;\n" * 801}),
                         [("file-size", "libs/base/a_test.cc", 801)])
        reasons = {"proto/CMakeLists.txt": "crm/a/reason.proto",
                   "CMakeLists.txt": "proto libs/base"}
        self.assertEqual(faults({"proto/crm/a/reason.proto": "\n" * 1000, **reasons}), [])
        self.assertEqual(faults({"proto/crm/a/reason.proto": "\n" * 1001, **reasons}),
                         [("file-size", "proto/crm/a/reason.proto", 1001)])

    def test_function_size(self):
        self.assertEqual(in_room("namespace n {\nint F(int a) {\n" + "a++;\n" * 68 + "}\n}\n"), [])
        self.assertEqual(in_room("namespace n {\nint F(int a) {\n" + "a++;\n" * 69 + "}\n}\n"),
                         [("function-size", 2)])
        loop = "class C {\n  void F() {\n    for (;;) {\n" + "a++;\n" * 70 + "}\n}\n};\n"
        self.assertEqual(in_room(loop), [("function-size", 2)])
        self.assertEqual(in_room("const int kTable[] = {\n" + "1,\n" * 90 + "};\n"), [])

    def test_a_single_switch_may_be_longer(self):
        switch = "switch (a) {\n" + "case 1: return;\n" * 90 + "}\n"
        self.assertEqual(in_room("void F(int a) {\n" + switch + "}\n"), [])
        self.assertEqual(in_room("void F(int a) {\n" + "a++;\n" * 30 + switch + "}\n"),
                         [("function-size", 1)])

    def test_python_function_size(self):
        function = "def f():\n" + "    g()\n" * 69
        self.assertEqual(faults({"tools/a.py": function}), [])
        self.assertEqual(faults({"tools/a.py": function + "    g()\n"}),
                         [("function-size", "tools/a.py", 1)])

    def test_go_function_size(self):
        function = "package a\n\nfunc (t *T) F() {\n" + "\tg()\n" * 68
        self.assertEqual(faults({"tools/a.go": function + "}\n\nfunc G() { g() }\n"}), [])
        self.assertEqual(faults({"tools/a.go": "var f = 1\n" + function + "\tg()\n}\n"}),
                         [("function-size", "tools/a.go", 4)])
        self.assertEqual(faults({"tools/a.go": "func F() { g() }\n" + "var a = 1\n" * 99 + "}\n"}),
                         [])

    def test_columns(self):
        self.assertEqual(in_room("//" + "a" * 98 + "\n"), [])
        self.assertEqual(in_room("//" + "a" * 99 + "\n"), [("columns", 1)])
        self.assertEqual(in_room("// https://example.org/" + "a" * 99 + "\n"), [])
        self.assertEqual(in_room("//" + "格" * 98 + "\n"), [])

    def test_room_readme_size(self):
        self.assertEqual(faults({"libs/base/README.md": "a\n" * 80, "README.md": "a\n" * 200}), [])
        self.assertEqual(faults({"libs/base/README.md": "a\n" * 81}),
                         [("readme-size", "libs/base/README.md", 81)])


class Words(unittest.TestCase):
    def test_clock(self):
        self.assertEqual(in_room("auto t = std::chrono::system_clock::now();\n"), [("clock", 1)])
        self.assertEqual(in_room("auto t = absl::Now();\n"), [("clock", 1)])

    def test_random(self):
        self.assertEqual(in_room("int a = rand();\n"), [("random", 1)])
        self.assertEqual(in_room("int a = operand(1);\n"), [])

    def test_thread(self):
        self.assertEqual(in_room("std::thread t;\n"), [("thread", 1)])
        self.assertEqual(in_room("auto id = std::this_thread::get_id();\n"), [])
        self.assertEqual(faults({"libs/base/a_test.cc": "std::thread t;\n"}), [])

    def test_new(self):
        self.assertEqual(in_room("int* a = new int;\n  delete a;\n"), [("new", 1), ("new", 2)])
        self.assertEqual(in_room("A(const A&) = delete;\n"
                                 "return std::unique_ptr<A>(new A(1));\n// a new thing\n"
                                 "std::unique_ptr<A> a(new A(1));\n"), [])

    def test_using_namespace(self):
        self.assertEqual(in_room("using namespace std;\n"), [("using-namespace", 1)])

    def test_sleep(self):
        sleep = "std::this_thread::sleep_for(wait);\n"
        self.assertEqual(faults({"libs/base/a_test.cc": sleep}),
                         [("sleep", "libs/base/a_test.cc", 1)])

    def test_macro(self):
        self.assertEqual(in_room("#define A 1\n"), [("macro", 1)])

    def test_skip(self):
        self.assertEqual(in_room("GTEST_" + "SKIP();\n"), [("skip", 1)])
        self.assertEqual(in_room("TEST(A, DISAB" + "LED_B) {}\n"), [("skip", 1)])

    def test_throw(self):
        self.assertEqual(in_room("throw 1;\n"), [("throw", 1)])

    def test_catch_all(self):
        self.assertEqual(in_room("void F() {\n  try {\n  } catch (...) {\n  }\n}\n"),
                         [("catch-all", 3)])

    def test_words_in_comments_and_literals_are_free(self):
        self.assertEqual(in_room('// rand() and throw\nauto a = "using namespace std";\n'
                                 'auto b = R"(throw\nnew int)";\nchar c = \'"\'; /* throw\n*/\n'),
                         [])

    def test_unfinished(self):
        self.assertEqual(in_room("// TO" + "DO: more\n"), [("unfinished", 1)])

    def test_machine(self):
        for mention in ("/wo" + "rk/main", "/ro" + "ot/x", "..", "de" + "sign.md"):
            text = f"See {mention}{'/shared' if mention == '..' else ''} for more.\n"
            self.assertEqual(faults({"README.md": text}), [("machine", "README.md", 1)])
        self.assertEqual(faults({"README.md": "The tree's root/ and its work/.\n"}), [])


class Tree(unittest.TestCase):
    def test_readme(self):
        files = {"libs/base/CMakeLists.txt": "a.h", "libs/base/a.h": "", "libs/log/CMakeLists.txt":
                 "a.h", "libs/log/a.h": "", "CMakeLists.txt": "libs/base libs/log"}
        self.assertEqual(faults(files), [("readme", "libs/log/README.md", 1)])
        files = {"CMakeLists.txt": "libs/base tests services/customer", "tests/CMakeLists.txt":
                 "e2e/a.h", "tests/e2e/a.h": "", "services/customer/CMakeLists.txt": "domain/a.h",
                 "services/customer/domain/a.h": ""}
        self.assertEqual(faults(files), [("readme", "services/customer/README.md", 1),
                                         ("readme", "tests/README.md", 1)])

    def test_dead_file(self):
        self.assertEqual(faults({"libs/base/b.cc": ""}), [("dead-file", "libs/base/b.cc", 1)])
        self.assertEqual(faults({"proto/crm/a.proto": "", "proto/CMakeLists.txt": "crm/a.proto",
                                 "CMakeLists.txt": "proto libs/base"}), [])
        self.assertEqual(faults({"tests/CMakeLists.txt": ""}),
                         [("dead-file", "tests/CMakeLists.txt", 1)])

    def test_faults_are_printed_and_fail(self):
        with tempfile.TemporaryDirectory() as root:
            with open(os.path.join(root, "a.md"), "w", encoding="utf-8") as file:
                file.write("FIX" + "ME\n")
            tool = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tidy.py")
            done = subprocess.run([sys.executable, tool, root], capture_output=True, text=True,
                                  check=False)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stdout.startswith("a.md:1: unfinished: "), done.stdout)


if __name__ == "__main__":
    unittest.main()
