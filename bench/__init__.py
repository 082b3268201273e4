"""What cmdb promises about speed and memory, measured: inventories of any size, and one suite file for each budget."""
