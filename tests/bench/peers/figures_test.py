import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import figures


def found(peer, work, setting, in_flight, per_second, p50_us, failures=0):
    return json.loads(figures.summary(peer, work, setting, in_flight, per_second, p50_us, 0, "", 5,
                                      failures))


class Verdicts(unittest.TestCase):
    def said(self, *lines):
        return {words.split(":")[0]: words for words in figures.verdicts(lines)}

    def test_each_side_counts_at_its_best_from_64_on(self):
        said = self.said(found("ours", "update", "Kafka", 1, 9000, 100),
                         found("ours", "update", "Kafka", 64, 500, 100),
                         found("ours", "update", "Kafka", 256, 800, 100),
                         found("kafka_streams", "update", "commit.interval.ms=10", 64, 100, 10000),
                         found("kafka_streams", "update", "commit.interval.ms=100", 64, 1, 1))
        self.assertIn("ours (Kafka) 8.00 x kafka_streams, at least 5: held",
                      said["updates a second"])

    def test_a_lone_update_is_compared_by_its_time(self):
        said = self.said(found("ours", "update", "Kafka", 1, 1000, 1000),
                         found("kafka_streams", "update", "commit.interval.ms=10", 1, 80, 14000))
        self.assertIn("14.00 x kafka_streams, at least 15: MISSED",
                      said["1 / p50 of a lone update"])

    def test_who_failed_holds_nothing(self):
        said = self.said(found("ours", "create", "Kafka", 64, 5000, 1, failures=1),
                         found("tryton", "create", "uWSGI", 64, 1, 1))
        self.assertTrue(said["creates a second"].endswith("MISSED"))

    def test_what_was_not_measured_is_not_judged(self):
        self.assertEqual(self.said(found("ours", "read", "Kafka", 64, 5000, 1)), {})
        self.assertEqual(self.said(found("ours", "read", "Kafka", 64, 5000, 1),
                                   found("tryton", "read", "uWSGI", 64, 0, 0)), {})


class Medians(unittest.TestCase):
    def test_are_of_the_rounds_of_one_measurement(self):
        lines = figures.medians([found("a", "update", "", 64, rate, 10 * rate, failures)
                                 for rate, failures in ((3, 0), (1, 2), (2, 0))]
                                + [found("a", "update", "", 256, 9, 9)])
        self.assertEqual([(line["per_second"], line["p50_us"], line["failures"])
                          for line in lines], [(2, 20, 2), (9, 9, 0)])


if __name__ == "__main__":
    unittest.main()
