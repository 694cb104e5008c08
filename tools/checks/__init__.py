"""What a careful person looks for in the data before believing a score. A check gives findings and changes nothing."""
