"""One search box: networks, results, meetings, people and organisations."""
